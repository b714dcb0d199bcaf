import Glibc

/// What the system says of the memory of this process.
package enum ResidentMemory {
    /// The most that it held since it was started.
    package static var peakBytes: Int {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: \.isWhitespace)
        return (words?.dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
