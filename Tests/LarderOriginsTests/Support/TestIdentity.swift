import Foundation
import LarderTesting
import Testing

/// Certificates that sign themselves, made once with the openssl tool.
final class TestIdentity: Sendable {
    private let folder: ScratchFolder

    private static let made = Result { try TestIdentity() }

    static func shared() throws -> TestIdentity { try made.get() }

    private init() throws {
        let names = ["good", "stranger", "elsewhere", "late"]
        folder = try ScratchFolder(names.flatMap { ["\($0).pem", "\($0).key", "\($0).csr"] })
        for name in names {
            let place = name == "elsewhere" ? "DNS:elsewhere.test" : "IP:127.0.0.1"
            let request = folder.file("\(name).csr")
            try Self.openssl([
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(place)", "-out", request,
                "-keyout", key(name),
            ])
            // One day less than none: it ended yesterday.
            try Self.openssl([
                "x509", "-req", "-in", request, "-key", key(name), "-copy_extensions", "copy",
                "-days", name == "late" ? "-1" : "30", "-out", certificate(name),
            ])
        }
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func certificate(_ name: String) -> String { folder.file("\(name).pem") }
    func key(_ name: String) -> String { folder.file("\(name).key") }

    /// The arguments by which the script serves TLS.
    func arguments(_ name: String) -> [String] { ["--tls", certificate(name), key(name)] }
}
