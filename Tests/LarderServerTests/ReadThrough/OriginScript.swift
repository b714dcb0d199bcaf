import Foundation
import LarderAssembly
import LarderTesting
import Testing

/// `Tests/Servers/http_origin.py`, started for one test and killed after it.
final class OriginScript {
    let port: Int
    private let process = Process()
    /// The script ends when this one does, so that it does not outlive a test that crashed.
    private let input = Pipe()

    init() throws {
        let output = Pipe()
        let script = URL(filePath: #filePath).appending(path: "../../../Servers/http_origin.py")
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.standardized.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = output.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "The script says its port.")
            line += bytes
        }
        port = try #require(Int(String(decoding: line, as: UTF8.self).filter(\.isNumber)))
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// A server with a configuration of origins and namespaces, and a SQLite file. All go with this.
final class OriginWorld {
    let fixture: ServerFixture
    let script: OriginScript
    private let folder: ScratchFolder

    /// `HTTP`, `PORT` and `FILE` in `text` become the address of the script, its port and the path
    /// of the file, in which `sql` has been run.
    init(_ text: String, sql: String = "SELECT 1", maxValueBytes: Int? = nil) throws {
        script = try OriginScript()
        folder = try ScratchFolder([
            "larder.yaml", "larder.yaml.runtime.yaml", "shop.db", "shop.db-wal", "shop.db-shm",
        ])
        let file = folder.file("shop.db")
        _ = try Self.sqlite(file, sql)
        folder.write(
            text.replacing("HTTP", with: "http://127.0.0.1:PORT")
                .replacing("PORT", with: "\(script.port)").replacing("FILE", with: file),
            to: "larder.yaml")
        let sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:])
        fixture = try ServerFixture(sources: sources) {
            if let maxValueBytes { $0.memory.maxValueBytes = maxValueBytes }
        }
    }

    /// What another program finds in the file.
    func sqlite(_ text: String) throws -> String {
        try Self.sqlite(folder.file("shop.db"), text)
    }

    private static func sqlite(_ file: String, _ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        process.arguments = [file, text]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
