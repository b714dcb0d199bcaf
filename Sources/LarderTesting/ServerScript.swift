import Foundation

/// `Tests/Servers/http_origin.py`, started for one test and killed after it.
package final class ServerScript: Sendable {
    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let process: Process
    /// The script ends when this one does, so that it does not outlive a test that crashed.
    private let input: Pipe

    /// It ended before it said where it listens.
    package struct Silent: Error {}

    private static let path = URL(filePath: #filePath)
        .appending(path: "../../../Tests/Servers/http_origin.py").standardized.path

    /// Starts it, and returns when it listens.
    package init(_ arguments: [String] = []) throws {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        (self.process, self.input) = (process, input)
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw Silent() }
            line += bytes
        }
        let text = String(decoding: line, as: UTF8.self).filter(\.isNumber)
        guard let port = Int(text) else { throw Silent() }
        self.port = port
    }

    deinit { kill() }

    /// As if its machine had lost power, but for what its system says to others.
    package func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// It accepts connections, because its system does, and says nothing.
    package func hang() { Foundation.kill(process.processIdentifier, SIGSTOP) }

    /// Ends what `hang` began.
    package func awaken() { Foundation.kill(process.processIdentifier, SIGCONT) }
}
