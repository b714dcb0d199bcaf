import LarderCore
import Synchronization
import Testing

@testable import LarderRuntime

/// What goes through a TLS connection is what goes through a plain one.
@Suite struct TLSTrafficTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends, [0x0303, 0x0304] as [Int32])
    func `answers over TLS 1.2 and 1.3`(backend: Backend, version: Int32) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client(.init(version: version))
        for round in 0..<100 {
            try client.send("line \(round)\n")
            #expect(try client.text("line \(round)\n".utf8.count) == "line \(round)\n")
        }
        #expect(group.server.total { $0.handshakes.value } == 1)
    }

    @Test(arguments: backends)
    func `lines arrive however they are cut into records`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client()
        for byte in "ab\ncd\n".utf8 { try client.send([byte]) }
        #expect(try client.text(6) == "ab\ncd\n")
    }

    @Test(arguments: backends)
    func `large values arrive whole at slow readers`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client(.init(receiveBuffer: 8 << 10))
        try client.send("a\n$\n$\nb\n$\n")
        let value = SegmentedValue(byteCount: 3 << 20, segment: 100_000, Journal()).bytes
        let framed = Array("begin".utf8) + value + Array("after".utf8)
        let wanted = Array("a\n".utf8) + framed + framed + Array("b\n".utf8) + framed
        let received = try client.receive(exactly: wanted.count)
        #expect(received == wanted)
        let alive = group.server.journal
        #expect(group.server.reaches { alive.valuesAlive.load(ordering: .relaxed) == 0 })
    }

    @Test(arguments: backends)
    func `large requests arrive whole`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client()
        let body = (0..<1_000_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let line = Array("#1000009:".utf8) + body + Array("\n".utf8)
        try client.send(line)
        let received = try client.receive(exactly: line.count)
        #expect(received == line)
    }

    /// Lines that the server reads at once and the client only later: its answers are cut at every
    /// place where a socket may be full.
    private let manyLines = Array((0..<300_000).map { "line number \($0)\n" }.joined().utf8)

    @Test(arguments: backends)
    func `what a socket does not take at once stays in order`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { $0.pendingSoftLimit = 64 << 20 }
        let client = try group.client(.init(receiveBuffer: 8 << 10))
        try client.send(manyLines)
        let received = try client.receive(exactly: manyLines.count)
        #expect(received == manyLines)
    }

    @Test(arguments: backends)
    func `a client that does not read is not read either`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { configuration in
            configuration.pendingSoftLimit = 256 << 10
            configuration.outputBufferBytes = 256 << 10
            configuration.pendingHardLimit = 4 << 20
        }
        let client = try group.client(.init(receiveBuffer: 8 << 10))
        for _ in 0..<400 { try client.send("*\n") }
        #expect(group.server.reaches { group.server.total { $0.slowReaderStops.value } > 0 })
        let received = try client.receive(exactly: 400 * 65_536)
        #expect(received.count == 400 * 65_536)
        #expect(received.allSatisfy { $0 == UInt8(ascii: "*") })
        // The limit, one full output, the last answer, and the frames of records in them.
        let bound = UInt64(((256 << 10) * 2 + 65_536) * 102 / 100)
        #expect(group.server.total { $0.pendingPeak.value } <= bound)
    }

    @Test(arguments: backends)
    func `others may send to a connection and end it`(backend: Backend) throws {
        let group = try TLSTestGroup(backend) { $0.loopCount = 2 }
        let client = try group.greetedClient()
        let id = try #require(group.server.journal.opened.withLock { $0.first })
        let context = group.server.group.contexts[Int(id.loop)]
        for number in 0..<100 { context.send(Array("news \(number)\n".utf8), to: id) }
        let wanted = (0..<100).map { "news \($0)\n" }.joined()
        #expect(try client.text(wanted.utf8.count) == wanted)
        context.close(id)
        #expect(try client.receiveAll().isEmpty)
        #expect(group.server.reaches { group.server.journal.closes(.killed) == 1 })
    }

    @Test(arguments: backends)
    func `pushes to a slow reader keep their place behind answers`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.greetedClient(.init(receiveBuffer: 8 << 10))
        let id = try #require(group.server.journal.opened.withLock { $0.first })
        try client.send("$\n")
        #expect(group.server.reaches { group.server.total { $0.pendingPeak.value } > 1 << 20 })
        group.server.group.contexts[0].send(Array("news\n".utf8), to: id)
        let framed = (3 << 20) + 10
        let received = try client.receive(exactly: framed + 5)
        #expect(received.suffix(10).elementsEqual("afternews\n".utf8))
    }

    @Test(arguments: backends)
    func `what was received is answered when the group stops`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.greetedClient()
        try client.send("*\nlast\n")
        #expect(try client.receive(exactly: 65_536).count == 65_536)
        group.server.group.stop(drain: .seconds(10))
        // The server announces its end: a cut connection would be an error here.
        #expect(try client.receiveAll() == Array("last\n".utf8))
    }

    @Test(arguments: backends)
    func `new keys may be asked for at any time`(backend: Backend) throws {
        let group = try TLSTestGroup(backend)
        let client = try group.client(.init(version: 0x0304))
        for round in 0..<20 {
            client.changeKeys()
            try client.send("round \(round)\n*\n")
            let text = "round \(round)\n"
            #expect(try client.text(text.utf8.count) == text)
            #expect(try client.receive(exactly: 65_536).count == 65_536)
        }
    }
}
