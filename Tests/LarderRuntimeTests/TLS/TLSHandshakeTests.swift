import LarderCore
import Synchronization
import Testing

@testable import LarderRuntime

/// Who comes in over TLS, who does not, and what it costs the others.
@Suite struct TLSHandshakeTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends)
    func `plain text is noticed and ended`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.server.client()
        try client.send("*1\r\n$4\r\nPING\r\n")
        #expect(client.waitForEnd())
        #expect(group.server.reaches { group.server.total { $0.closed(by: .handshake) } == 1 })
        #expect(group.failures.withLock { $0 } == [.plaintext])
        #expect(group.server.journal.opened.withLock { $0.isEmpty })
        _ = try group.greetedClient()
    }

    @Test(arguments: backends)
    func `TLS 1_1 is refused, and says so`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.stranger(.init(version: 0x0302))
        #expect(throws: TLSTestClient.Failure.noHandshake) { try client.shakeHands() }
        #expect(group.server.reaches { group.refusal == "unsupported protocol" })
    }

    @Test(arguments: backends)
    func `garbage in the place of records ends its connection alone`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let other = try group.greetedClient()
        let early = try group.server.client()
        try early.send([22, 3, 1, 0, 5] + [1, 2, 3, 4, 5] + [UInt8](repeating: 7, count: 100))
        #expect(early.waitForEnd())
        let late = try group.greetedClient()
        try late.plain.send([23, 3, 3, 0, 40] + [UInt8](repeating: 9, count: 40))
        #expect(late.waitForRefusal())
        #expect(group.server.reaches { group.server.journal.closes(.peer) == 1 })
        try other.send("still here\n")
        #expect(try other.text(11) == "still here\n")
    }

    @Test(arguments: backends)
    func `a handshake that takes too long is ended`(backend: Backend) throws {
        let clock = SteppedClock()
        let group = try TLSTestGroup(backend) { $0.clock = { clock.now } }
        let silent = try group.server.client()
        let slow = try group.server.client()
        try slow.send([22, 3, 1])
        let welcome = try group.greetedClient()
        clock.advance(seconds: 9)
        try slow.send([2])
        group.server.barrier()
        #expect(group.server.group.connections == 3)
        clock.advance(seconds: 2)
        #expect(group.server.reaches { group.server.total { $0.closed(by: .handshake) } == 2 })
        #expect(silent.waitForEnd())
        #expect(slow.waitForEnd())
        #expect(group.failures.withLock { $0 } == [.slow, .slow])
        try welcome.send("x\n")
        #expect(try welcome.text(2) == "x\n")
    }

    @Test(arguments: backends)
    func `those who never finish keep nobody out`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { configuration in
            configuration.maximumConnections = 2000
            configuration.maximumHandshakes = 16
        }
        let silent = try (0..<1000).map { _ in
            let client = try group.server.client()
            try client.send([22, 3, 1, 2, 0])
            return client
        }
        let client = try group.greetedClient()
        #expect(group.server.reaches { group.server.group.connections == 16 })
        #expect(group.server.reaches { group.server.total { $0.closed(by: .handshake) } == 985 })
        #expect(group.failures.withLock { $0.allSatisfy { $0 == .displaced } })
        try client.send("x\n")
        #expect(try client.text(2) == "x\n")
        #expect(silent.count == 1000)
    }

    @Test(arguments: backends)
    func `a client that leaves within its handshake leaves nothing`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        for _ in 0..<20 {
            let client = try group.server.client()
            try client.send([22, 3, 1])
        }
        _ = try group.greetedClient()
        #expect(group.server.reaches { group.server.group.connections == 0 })
        #expect(group.failures.withLock { $0.isEmpty })
    }

    @Test(arguments: backends)
    func `a second handshake is refused`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.greetedClient(.init(version: 0x0303))
        #expect(client.renegotiate() == false)
        _ = try group.greetedClient()
    }

    @Test(arguments: backends)
    func `the end is announced`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.greetedClient()
        try client.send("a\n.\nnever answered\n")
        #expect(try client.receiveAll() == Array("a\nbye\n".utf8))
        #expect(group.server.reaches { group.server.journal.closes(.handler) == 1 })
    }

    @Test(arguments: backends)
    func `who announces its end still gets its answers`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client(.init(receiveBuffer: 8 << 10))
        try client.send(String(repeating: "*\n", count: 50) + "last\npartial")
        client.finishSending()
        let received = try client.receiveAll()
        #expect(received.count == 50 * 65_536 + 5)
        #expect(received.suffix(5).elementsEqual("last\n".utf8))
        #expect(group.server.reaches { group.server.journal.closes(.peer) == 1 })
    }

    @Test(arguments: backends)
    func `a cut connection ends, and half a request is nothing`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.greetedClient()
        try client.send("whole\npartial")
        #expect(try client.text(6) == "whole\n")
        client.plain.finishSending()
        #expect(try client.receiveAll().isEmpty)
        #expect(group.server.reaches { group.server.journal.closes(.peer) == 1 })
        #expect(group.server.journal.lines.load(ordering: .relaxed) == 2)
    }

    @Test(arguments: backends)
    func `a handler may refuse with words`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { $0.listeners[0].tag = 99 }
        let client = try group.client()
        #expect(try client.receiveAll() == Array("go away\n".utf8))
        #expect(group.server.reaches { group.server.total { $0.closed(by: .refused) } == 1 })
    }

    @Test(arguments: backends)
    func `one client too many is closed without words`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { $0.maximumConnections = 1 }
        let first = try group.greetedClient()
        let second = try group.server.client()
        #expect(try second.receiveAll().isEmpty)
        try first.send("x\n")
        #expect(try first.text(2) == "x\n")
    }
}
