import Glibc

/// Where messages go, so that standard output holds results only. Written past every buffer.
public enum StandardError {
    /// Whether a person looks at it.
    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes `line` and a line break.
    public static func print(_ line: String) {
        write(line + "\n")
    }

    /// Writes `text` as it is.
    public static func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes `bytes` in one call where the system takes them at once.
    ///
    /// A reader that does not keep up, or is gone, costs lines, never the server's time.
    static func write(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    STDERR_FILENO, buffer.baseAddress.map { unsafe $0 + offset },
                    buffer.count - offset)
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                return
            }
        }
    }
}
