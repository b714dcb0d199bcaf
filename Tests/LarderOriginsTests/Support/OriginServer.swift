import Foundation
import LarderCore
import LarderTesting
import Testing

@testable import LarderOrigins

/// A script that is an HTTP service for one test.
final class OriginServer {
    private let script: ServerScript

    var port: Int { script.port }

    init(_ arguments: [String] = []) throws { script = try ServerScript(arguments) }

    func kill() { script.kill() }
    func hang() { script.hang() }
    func awaken() { script.awaken() }

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
