import Foundation
import LarderCore
import Testing

@testable import LarderRuntime

/// Whom a certificate names, who is believed, and what happens when the files change.
@Suite struct TLSCertificateTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends)
    func `a client's certificate names it`(backend: Backend) throws {
        let group = try TLSTestGroup(backend, TLSTestGroup.configuration(["server"], .optional))
        _ = try group.greetedClient(.init(certificate: "alice"))
        _ = try group.greetedClient(.init(certificate: "nameless"))
        _ = try group.greetedClient()
        #expect(group.server.journal.names.withLock { $0 } == ["alice", "bob@one.test", nil])
    }

    @Test(arguments: backends)
    func `without being asked nobody is named`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        _ = try group.greetedClient(.init(certificate: "alice"))
        #expect(group.server.journal.names.withLock { $0 } == [nil])
    }

    @Test(arguments: [
        (nil, "peer did not return a certificate"),
        ("forged", "certificate verify failed: unable to get local issuer certificate"),
        ("late-alice", "certificate verify failed: certificate has expired"),
    ])
    func `bad certificates are refused when one is required`(
        certificate: String?, reason: String
    ) throws {
        let group = try TLSTestGroup(.auto, TLSTestGroup.configuration(["server"], .required))
        for version: Int32 in [0x0303, 0x0304] {
            let client = try group.stranger(.init(certificate: certificate, version: version))
            // In TLS 1.3 the client has finished before the server has judged.
            let isRefused = (try? client.shakeHands()) == nil || client.waitForRefusal()
            #expect(isRefused)
        }
        #expect(group.server.reaches { group.failures.withLock { $0.count } == 2 })
        #expect(group.refusal == reason)
        #expect(group.server.journal.opened.withLock { $0.isEmpty })
        _ = try group.greetedClient(.init(certificate: "alice"))
        #expect(group.server.journal.names.withLock { $0 } == ["alice"])
    }

    @Test func `a bad certificate is worse than none`() throws {
        let group = try TLSTestGroup(.auto, TLSTestGroup.configuration(["server"], .optional))
        let client = try group.stranger(.init(certificate: "forged"))
        let isRefused = (try? client.shakeHands()) == nil || client.waitForRefusal()
        #expect(isRefused)
    }

    @Test(arguments: [
        ("late", "ca", "localhost"), ("server", "ca", "elsewhere.test"),
        ("server", "stranger", "localhost"), ("stranger", "ca", "localhost"),
    ])
    func `clients refuse what they cannot believe`(
        shown: String, authority: String, host: String
    ) throws {
        let group = try TLSTestGroup(.auto, TLSTestGroup.configuration([shown]))
        let client = try group.stranger(.init(host: host, authority: authority))
        #expect(throws: TLSTestClient.Failure.noHandshake) { try client.shakeHands() }
        #expect(group.server.reaches { group.server.group.connections == 0 })
    }

    @Test(arguments: [
        ("two.test", "two"), ("a.one.test", "one"), ("localhost", "one"),
        ("TWO.TEST", "two"),
    ])
    func `the name that a client asks for chooses the certificate`(
        host: String, shown: String
    ) throws {
        let group = try TLSTestGroup(.auto, TLSTestGroup.configuration(["server", "second"]))
        #expect(try group.greetedClient(.init(host: host)).serverName == shown)
        #expect(try group.greetedClient().serverName == "one")
        let other = try group.client(.init(host: "nobody.test", authority: nil))
        #expect(other.serverName == "one")
    }

    @Test(arguments: backends)
    func `new certificates are shown to new connections`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let before = try group.greetedClient()
        #expect(before.serverName == "one")
        group.identity.replace(by: try TLSContext(TLSTestGroup.configuration(["second"])))
        let after = try group.greetedClient()
        #expect(after.serverName == "two")
        for client in [before, after] {
            try client.send("goes on\n")
            #expect(try client.text(8) == "goes on\n")
        }
    }

    @Test(arguments: [0x0303, 0x0304] as [Int32])
    func `a session is taken up again until the certificates change`(version: Int32) throws {
        let group = try TLSTestGroup(.auto, TLSTestGroup.configuration(["server"], .required))
        let first = try group.greetedClient(.init(certificate: "alice", version: version))
        #expect(first.isResumed == false)
        var manner = TLSTestClient.Manner(certificate: "alice", version: version, resuming: first)
        let second = try group.greetedClient(manner)
        #expect(second.isResumed)
        #expect(group.server.journal.names.withLock { $0 } == ["alice", "alice"])
        group.identity.replace(
            by: try TLSContext(TLSTestGroup.configuration(["server"], .required)))
        manner.resuming = second
        let third = try group.greetedClient(manner)
        #expect(third.isResumed == false)
    }

    @Test func `what cannot be used is said with its file`() throws {
        let files = try TestCertificates.shared()
        func failure(_ change: (inout TLSConfiguration) -> Void) throws -> TLSFailure {
            var configuration = try TLSTestGroup.configuration(["server"], .required)
            change(&configuration)
            return try #require(throws: TLSFailure.self) { _ = try TLSContext(configuration) }
        }
        let key = files.key("server")
        let missing = try failure { $0.certificates = ["/nowhere.pem"] }
        #expect(missing.setting == "certificate")
        #expect(missing.description == "'/nowhere.pem' cannot be read: no such file or directory")
        let wrong = try failure { $0.certificates = [key] }
        #expect(wrong.description == "'\(key)' is no certificate in PEM: no start line")
        let mismatch = try failure { $0.keys = [files.key("second")] }
        #expect(mismatch.setting == "key")
        #expect(
            mismatch.description
                == "'\(files.key("second"))' is not the key of '\(files.certificate("server"))'")
        let noKey = try failure { $0.keys = [files.certificate("server")] }
        #expect(noKey.description.contains("is no key in PEM without a passphrase"))
        let noAuthority = try failure { $0.authorities = key }
        #expect(noAuthority.setting == "ca")
        let uneven = try failure { $0.keys = [] }
        #expect(uneven.description.hasPrefix("there are 1 certificates and 0 keys"))
        let nothing = try failure { $0.certificates = [] }
        #expect(nothing.description == "there is no certificate to show to clients")
    }

    @Test func `a key with a passphrase is refused, not asked about`() throws {
        let files = try TestCertificates.shared()
        var configuration = try TLSTestGroup.configuration(["server"])
        configuration.keys = [files.lockedKey]
        let failure = try #require(throws: TLSFailure.self) { _ = try TLSContext(configuration) }
        #expect(failure.description.contains("no key in PEM without a passphrase"))
    }

    @Test func `certificates that are over, or soon will be, are told`() throws {
        let files = try TestCertificates.shared()
        let names = ["late", "soon", "server"]
        let warnings = try TLSContext(TLSTestGroup.configuration(names)).warnings
        try #require(warnings.count == 2)
        let day = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
        let (over, end) = (Date(timeIntervalSinceNow: -86_400), Date(timeIntervalSinceNow: 172_800))
        // The files are a little older than now; at midnight that shows.
        let overDays = [0, -60.0].map { over.addingTimeInterval($0).formatted(day) }
        let endDays = [0, -60.0].map { end.addingTimeInterval($0).formatted(day) }
        #expect(
            overDays.contains {
                warnings[0].description
                    == "certificate '\(files.certificate("late"))' expired on \($0)"
            })
        #expect(
            endDays.contains {
                warnings[1].description
                    == "certificate '\(files.certificate("soon"))' expires on \($0)"
            })
    }

    @Test func `a listener with TLS needs certificates`() throws {
        #expect(throws: RuntimeError.self) {
            try TestGroup(.auto) { $0.listeners[0].usesTLS = true }
        }
    }
}
