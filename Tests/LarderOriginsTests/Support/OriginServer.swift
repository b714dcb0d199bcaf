import Foundation
import LarderCore
import Testing

@testable import LarderOrigins

/// `Tests/Servers/http_origin.py`, started for one test and killed after it.
final class OriginServer {
    let port: Int
    private let process = Process()
    /// The script ends when this one does, so that it does not outlive a test that crashed.
    private let input = Pipe()

    private static let script = URL(filePath: #filePath)
        .appending(path: "../../../Servers/http_origin.py").standardized.path

    init(_ arguments: [String] = []) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.script] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = output.fileHandleForReading.availableData
            try #require(!bytes.isEmpty, "The script says its port.")
            line += bytes
        }
        let text = String(decoding: line, as: UTF8.self).filter(\.isNumber)
        port = try #require(Int(text), "The script says its port.")
    }

    deinit { kill() }

    /// As if its machine had lost power, but for what its system says to others.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// It accepts connections, because its system does, and says nothing.
    func hang() { Foundation.kill(process.processIdentifier, SIGSTOP) }

    func awaken() { Foundation.kill(process.processIdentifier, SIGCONT) }

    func address(_ scheme: String = "http", host: String = "127.0.0.1") -> String {
        "\(scheme)://\(host):\(port)"
    }

    var configuration: HTTPConfiguration {
        var configuration = HTTPConfiguration(primary: address())
        // Long enough for a crowded machine; what tests a limit sets its own.
        configuration.timeout = .seconds(30)
        configuration.connectTimeout = .seconds(10)
        return configuration
    }

    /// An origin whose keys are paths of this server.
    func origin(
        _ change: (inout HTTPConfiguration) -> Void = { _ in }
    ) throws -> HTTPOrigin {
        var configuration = configuration
        change(&configuration)
        return try HTTPOrigin(HTTPService(name: "pricing", configuration), .keysArePaths)
    }
}

extension HTTPPaths {
    static let keysArePaths = HTTPPaths(get: path, put: path, delete: path)

    private static let path: Path = { String(decoding: $0.bytes, as: UTF8.self) }

    /// `/kv/KEY`, as a template with one part makes it.
    static let encoded: HTTPPaths = {
        let path: Path = { "/kv/" + percentEncoded($0.bytes) }
        return HTTPPaths(get: path, put: path, delete: path)
    }()

    static func percentEncoded(_ bytes: [UInt8]) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return bytes.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

extension Origin {
    func load(_ path: String) async -> LoadOutcome {
        await load([Key(Array(path.utf8))])[0]
    }

    func write(_ path: String, _ value: [UInt8]) async -> WriteOutcome {
        let entry = Entry(
            key: Key(Array(path.utf8)), value: value, created: Tick(nanoseconds: 0))
        return await write([entry])[0]
    }

    func remove(_ path: String) async -> WriteOutcome {
        await remove([Key(Array(path.utf8))])[0]
    }

    /// The value as text; `nil` if there is none.
    func text(_ path: String) async -> String? {
        await load(path).text
    }
}

extension LoadOutcome {
    var text: String? {
        guard case .loaded(let loaded) = self else { return nil }
        return String(decoding: loaded.value, as: UTF8.self)
    }

    var lifetime: LoadedLifetime? {
        switch self {
        case .loaded(let loaded): loaded.lifetime
        case .notModified(let lifetime): lifetime
        default: nil
        }
    }

    var failure: SourceFailure? {
        guard case .failed(let failure) = self else { return nil }
        return failure
    }

    var cause: SourceFailure.Cause? { failure?.cause }
}

extension WriteOutcome {
    /// `refused timeout`, `unknown timeout`, `applied`.
    var summary: String {
        switch self {
        case .applied: "applied"
        case .refused(let failure): "refused \(failure.cause)"
        case .unknown(let failure): "unknown \(failure.cause)"
        }
    }
}
