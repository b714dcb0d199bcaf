/// How much memory this process may use: that of the machine, or less when it lives in a control
/// group, as in a container or a systemd service with `MemoryMax`.
public struct MemoryAllowance: Sendable, Hashable {
    /// Bytes that may be used.
    public let byteCount: Int
    /// The file that said so.
    public let source: String

    /// The allowance of this process on this machine.
    public static func current() -> MemoryAllowance {
        derived { TextFile.text(at: $0) }
    }

    /// The allowance that files tell; `text` gives the text of a file, nil where there is none.
    ///
    /// Every group from the own one to the root counts, the smallest limit holds. In a container
    /// the path in `/proc/self/cgroup` may be the host's, which is not visible: its parents are
    /// asked too, and the root of the mount is the container's own group then.
    public static func derived(from text: (String) -> String?) -> MemoryAllowance {
        let meminfo = "/proc/meminfo"
        let machine = text(meminfo).flatMap(totalBytes)
        // No meminfo, no Linux: a size that any machine has.
        var least = MemoryAllowance(byteCount: machine ?? 1 << 30, source: meminfo)
        for file in limitFiles(groups: text("/proc/self/cgroup") ?? "") {
            guard let count = text(file).flatMap(limitBytes), count < least.byteCount else {
                continue
            }
            least = MemoryAllowance(byteCount: count, source: file)
        }
        return least
    }

    /// `MemTotal` of `/proc/meminfo`, in bytes.
    static func totalBytes(_ meminfo: String) -> Int? {
        for line in meminfo.split(separator: "\n") where line.hasPrefix("MemTotal:") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2] == "kB", let count = Int(words[1]) else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
            return overflow || bytes <= 0 ? nil : bytes
        }
        return nil
    }

    /// The number in a limit file; nil for `max` and for what version 1 writes for "no limit", a
    /// number that no machine has.
    static func limitBytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), count > 0, count < 1 << 60 else { return nil }
        return count
    }

    /// The files that may hold a limit, for the lines of `/proc/self/cgroup`:
    /// `hierarchy:controllers:path`, where version 2 has hierarchy 0 and no controllers.
    static func limitFiles(groups: String) -> [String] {
        var files: [String] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let folders = Self.folders(parts[2])
            if parts[0] == "0", parts[1].isEmpty {
                for mount in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
                    files += folders.flatMap {
                        ["\(mount)\($0)/memory.max", "\(mount)\($0)/memory.high"]
                    }
                }
            } else if parts[1].split(separator: ",").contains("memory") {
                files += folders.map { "/sys/fs/cgroup/memory\($0)/memory.limit_in_bytes" }
            }
        }
        return files
    }

    /// `path` and its parents up to the root, which is the empty text.
    ///
    /// A path with `..` lies outside of what is visible; then only the root can be asked.
    private static func folders(_ path: Substring) -> [String] {
        let names = path.split(separator: "/")
        // As deep as the kernel lets one nest groups in practice; a bound on what is read.
        guard names.contains("..") == false, names.count <= 64 else { return [""] }
        return (0...names.count).reversed().map { count in
            names.prefix(count).map { "/\($0)" }.joined()
        }
    }
}
