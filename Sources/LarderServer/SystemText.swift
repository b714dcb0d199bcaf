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
}

extension timeval {
    /// Seconds with six decimals.
    var secondsText: String {
        let digits = "\(tv_usec)"
        return "\(tv_sec)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
