import Foundation
import LarderAssembly
import LarderCore
import Testing

/// `Tests/Servers/http_origin.py`, started for one test and killed after it.
final class PageServer: Sendable {
    let port: Int
    private let process: Process
    /// The script ends when this one does, so that it does not outlive a test that crashed.
    private let input = Pipe()

    private static let script = URL(filePath: #filePath)
        .appending(path: "../../../Servers/http_origin.py").standardized.path

    init() throws {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.script]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = output.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "The script says its port.")
            line += bytes
        }
        self.process = process
        let text = String(decoding: line, as: UTF8.self).filter(\.isNumber)
        port = try #require(Int(text), "The script says its port.")
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What it has counted under `name` so far, asked through a client of `fixture`.
    func count(of name: String, _ client: TestClient) throws -> Int {
        let text = try client.ask("GET", "counts:all").split(separator: "\r\n").last ?? ""
        let pair = text.split(separator: " ").first { $0.hasPrefix(name + "=") }
        return pair.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// A server whose keys `page:{id}` come from `path` of the script, and `counts:all`.
    func fixture(
        _ path: String, _ change: (inout NamespaceConfiguration) -> Void = { _ in }
    ) throws -> ServerFixture {
        var namespace = NamespaceConfiguration(
            name: "pages", match: try KeyPattern(parsing: "page:{id}"))
        namespace.origin = NamespaceOrigin(
            use: "script", get: try QueryTemplate(url: path, captures: ["id"]))
        namespace.ttl = .seconds(3600)
        (namespace.earlyRefresh, namespace.refreshAt, namespace.wait) = (0, nil, .seconds(60))
        change(&namespace)
        var counts = NamespaceConfiguration(
            name: "counts", match: try KeyPattern(parsing: "counts:{all}"))
        counts.origin = NamespaceOrigin(
            use: "script", get: try QueryTemplate(url: "/counts?{all}", captures: ["all"]))
        counts.caching = .never
        return try ServerFixture { [namespace, counts] configuration in
            configuration.namespaces = [namespace, counts]
            configuration.origins = [
                OriginConfiguration(
                    name: "script", source: .http(url: "http://127.0.0.1:\(port)"))
            ]
        }
    }
}
