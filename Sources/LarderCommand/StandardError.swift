import Glibc

/// Where messages go, so that standard output holds results only.
enum StandardError {
    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Prints a line.
    static func print(_ line: String) {
        write(line + "\n")
    }

    /// Prints text as it is.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
