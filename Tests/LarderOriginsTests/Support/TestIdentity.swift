import Foundation
import LarderTesting
import Testing

/// Certificates that sign themselves, made once with the openssl tool.
final class TestIdentity: Sendable {
    private let folder: ScratchFolder

    private static let made = Result { try TestIdentity() }

    static func shared() throws -> TestIdentity { try made.get() }

    private init() throws {
        let names = ["good", "stranger", "elsewhere"]
        folder = try ScratchFolder(names.flatMap { ["\($0).pem", "\($0).key"] })
        for name in names {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            let place = name == "elsewhere" ? "DNS:elsewhere.test" : "IP:127.0.0.1"
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-days", "30",
                "-addext", "subjectAltName=\(place)", "-out", certificate(name), "-keyout",
                key(name),
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }
    }

    func certificate(_ name: String) -> String { folder.file("\(name).pem") }
    func key(_ name: String) -> String { folder.file("\(name).key") }

    /// The arguments by which the script serves TLS.
    func arguments(_ name: String) -> [String] { ["--tls", certificate(name), key(name)] }
}
