import LarderCore
@testable import LarderRuntime
import Testing

/// A running group of line handlers behind TLS, and what its handshakes came to.
final class TLSTestGroup {
    let server: TestGroup
    let identity: TLSIdentity
    let failures = Guarded<[HandshakeFailure.Cause]>([])

    init(
        _ backend: RuntimeConfiguration.BackendChoice,
        _ certificates: TLSConfiguration? = nil,
        _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws {
        let identity = TLSIdentity(
            try TLSContext(try certificates ?? Self.configuration(["server"])))
        self.identity = identity
        server = try TestGroup(backend) { [failures] configuration in
            configuration.listeners[0].usesTLS = true
            configuration.tls = identity
            configuration.onHandshakeFailure = { failure in
                failures.withLock { $0.append(failure.cause) }
            }
            change(&configuration)
        }
    }

    /// Certificates of the shared folder, by name.
    static func configuration(
        _ names: [String], _ clients: TLSConfiguration.ClientCertificates = .off
    ) throws -> TLSConfiguration {
        let files = try TestCertificates.shared()
        var configuration = TLSConfiguration()
        configuration.certificates = names.map(files.certificate)
        configuration.keys = names.map(files.key)
        configuration.authorities = files.certificate("ca")
        configuration.clientCertificates = clients
        return configuration
    }

    /// A client that has not shaken hands yet.
    func stranger(_ manner: TLSTestClient.Manner = .init()) throws -> TLSTestClient {
        try TLSTestClient(server.group.addresses[0], manner)
    }

    /// A client that has.
    func client(_ manner: TLSTestClient.Manner = .init()) throws -> TLSTestClient {
        let client = try stranger(manner)
        try client.shakeHands()
        return client
    }

    /// A client whose connection the handler knows.
    func greetedClient(_ manner: TLSTestClient.Manner = .init()) throws -> TLSTestClient {
        let client = try client(manner)
        try client.send("hello\n")
        #expect(try client.text(6) == "hello\n")
        return client
    }

    func has(_ cause: HandshakeFailure.Cause) -> Bool {
        failures.withLock { $0.contains(cause) }
    }

    /// The reason of the last refused handshake.
    var refusal: String? {
        failures.withLock { causes in
            causes.lazy.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }
                .last
        }
    }
}
