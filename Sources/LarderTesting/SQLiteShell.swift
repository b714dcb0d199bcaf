import Foundation

/// The `sqlite3` program: what another program does with a file, and finds in it.
package enum SQLiteShell {
    /// It did not end well.
    package struct Failure: Error {
        package let status: Int32
    }

    /// Runs statements, and returns what they print.
    package static func run(_ statements: String, in file: String) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        // Behind a line end nothing is taken for an option or a command of the shell.
        process.arguments = [file, "\n" + statements]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
