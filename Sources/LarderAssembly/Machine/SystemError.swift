import Glibc

/// What the operating system said when it refused.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `errno`.
    public let code: Int32

    /// The error of the last call on this thread.
    static var last: SystemError { SystemError(code: errno) }

    /// In the words of the C library, such as "Permission denied".
    public var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Files as a whole, for the small ones that configure and describe the machine.
enum TextFile {
    /// The first `byteCountMax` bytes of the file at `path`.
    static func bytes(at path: String, byteCountMax: Int) throws(SystemError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .last }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while bytes.count < byteCountMax {
            let count = unsafe read(file, &chunk, min(chunk.count, byteCountMax - bytes.count))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// The text of the file at `path`; nil when there is none to read.
    static func text(at path: String) -> String? {
        guard let bytes = try? bytes(at: path, byteCountMax: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
