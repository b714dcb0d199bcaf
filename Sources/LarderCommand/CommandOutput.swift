import Glibc
import LarderAssembly

/// Lines beside the result of a command.
enum CommandOutput {
    /// Writes `text` and a line break to standard error.
    static func printError(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Writes each of `warnings` as a line to standard error.
    static func printWarnings(_ warnings: [ConfigurationProblem]) {
        for warning in warnings { printError("warning: \(warning)") }
    }
}
