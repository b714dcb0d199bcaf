import Glibc

/// Small files of the kernel.
enum SystemText {
    /// The first 4 KiB of a file; `nil` when it cannot be read.
    static func content(of path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Name, release and machine of the operating system, as INFO tells them.
    static let system: String = {
        let words = ["ostype", "osrelease", "arch"].map { name in
            content(of: "/proc/sys/kernel/\(name)")?.filter { $0 != "\n" } ?? ""
        }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }()

    /// Where the program lies; empty when the system does not tell.
    static let executable: String = {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer -> Int in
            let text = unsafe buffer.assumingMemoryBound(to: CChar.self)
            guard let start = text.baseAddress else { return 0 }
            return unsafe readlink("/proc/self/exe", start, text.count)
        }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }()

    /// Processor time of the thread that the process began with.
    static var mainThreadSeconds: (user: Double, system: Double) {
        let id = getpid()
        // The name, in brackets, may hold blanks.
        guard let text = content(of: "/proc/self/task/\(id)/stat"),
            let end = text.lastIndex(of: ")")
        else { return (0, 0) }
        let words = text[end...].split(separator: " ")
        guard words.count > 13, let user = Double(words[12]), let kernel = Double(words[13]) else {
            return (0, 0)
        }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return (user / ticks, kernel / ticks)
    }
}

extension timeval {
    /// Seconds with six decimals.
    var secondsText: String {
        let digits = "\(tv_usec)"
        return "\(tv_sec)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
