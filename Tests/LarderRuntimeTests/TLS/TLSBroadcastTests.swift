import LarderCore
import Testing

@testable import LarderRuntime

/// What one turn sends to many is encrypted for those who came over TLS, and plain for the others.
@Suite struct TLSBroadcastTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    private func group(_ backend: Backend) throws -> LoopGroup<BroadcastHandler> {
        var configuration = RuntimeConfiguration()
        configuration.backend = backend
        configuration.tickInterval = .milliseconds(5)
        let plain = ListenerConfiguration(.tcp(address: "127.0.0.1", port: 0), tag: 1)
        var sealed = plain
        sealed.usesTLS = true
        configuration.listeners = [plain, sealed]
        configuration.tls = TLSIdentity(try TLSContext(TLSTestGroup.configuration(["server"])))
        let journal = Journal()
        let group = try LoopGroup(configuration) { BroadcastHandler(journal, $0) }
        try group.start()
        return group
    }

    @Test(arguments: backends)
    func `all listeners get the same text`(backend: Backend) throws {
        let group = try group(backend)
        defer {
            group.stop(drain: .zero)
            group.wait()
        }
        let open = try (0..<10).map { _ in try TestClient(group.addresses[0]) }
        let sealed = try (0..<10).map { _ in try TLSTestClient(group.addresses[1]) }
        for client in open {
            try client.send("join\n")
            #expect(try client.text(3) == "ok\n")
        }
        for client in sealed {
            try client.shakeHands()
            try client.send("join\n")
            #expect(try client.text(3) == "ok\n")
        }
        let speaker = try TestClient(group.addresses[0])
        for round in 0..<20 {
            let line = "say \(round) " + String(repeating: "x", count: round * 10_000) + "\n"
            try speaker.send(line)
            #expect(try speaker.text(3) == "ok\n")
            for client in open { #expect(try client.text(line.utf8.count) == line) }
            for client in sealed { #expect(try client.text(line.utf8.count) == line) }
        }
    }

    @Test(arguments: backends)
    func `a reply and what is said to all stay in order`(backend: Backend) throws {
        let group = try group(backend)
        defer {
            group.stop(drain: .zero)
            group.wait()
        }
        let client = try TLSTestClient(group.addresses[1])
        try client.shakeHands()
        try client.send("join\n")
        #expect(try client.text(3) == "ok\n")
        for _ in 0..<50 {
            try client.send("say it\n")
            #expect(try client.text(10) == "ok\nsay it\n")
        }
    }
}
