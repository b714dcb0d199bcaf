import LarderCore
import LarderRuntime
import Synchronization
import Testing

@Suite struct ConnectionTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends)
    func `large values arrive whole at slow readers`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.client(receiveBuffer: 8 << 10)
        try client.send("a\n$\n$\nb\n$\n")
        let value = SegmentedValue(byteCount: 3 << 20, segment: 100_000, Journal()).bytes
        let framed = Array("begin".utf8) + value + Array("after".utf8)
        let wanted =
            Array("a\n".utf8) + framed + framed + Array("b\n".utf8) + framed
        let received = try client.receive(exactly: wanted.count)
        #expect(received == wanted)
        #expect(server.reaches { server.journal.valuesAlive.load(ordering: .relaxed) == 0 })
    }

    @Test(arguments: backends)
    func `values of a client that left are given back`(backend: Backend) throws {
        let server = try TestGroup(backend)
        do {
            let client = try server.greetedClient(receiveBuffer: 8 << 10)
            try client.send("$\n$\n$\n")
            #expect(server.reaches { server.journal.valuesAlive.load(ordering: .relaxed) > 0 })
        }
        #expect(server.reaches { server.journal.valuesAlive.load(ordering: .relaxed) == 0 })
        #expect(server.reaches { server.group.connections == 0 })
    }

    @Test(arguments: backends)
    func `a client that sends no more still gets its answers`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.client(receiveBuffer: 8 << 10)
        try client.send(String(repeating: "*\n", count: 100) + "last\npartial")
        client.finishSending()
        let received = try client.receiveAll()
        #expect(received.count == 100 * 65_536 + 5)
        #expect(received.suffix(5).elementsEqual("last\n".utf8))
        #expect(server.reaches { server.journal.closes(.peer) == 1 })
    }

    @Test(arguments: backends)
    func `the last words are heard before the end`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        try client.send("a\n.\nnever answered\n")
        #expect(try client.receiveAll() == Array("a\nbye\n".utf8))
        #expect(server.reaches { server.journal.closes(.handler) == 1 })
    }

    @Test(arguments: backends)
    func `a handler ends a connection at once`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.greetedClient()
        try client.send("!\n")
        #expect(client.waitForEnd())
        #expect(server.reaches { server.journal.closes(.handler) == 1 })
    }

    @Test(arguments: backends)
    func `a paused connection waits until it is resumed`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        try client.send("~\nafter\n")
        #expect(server.reaches { server.journal.lines.load(ordering: .relaxed) == 1 })
        try client.send("more\n")
        for _ in 0..<10 { server.barrier() }
        #expect(server.journal.lines.load(ordering: .relaxed) == 1)
        let id = try #require(server.journal.opened.withLock { $0.first })
        server.group.contexts[0].resume(id)
        #expect(try client.text(11) == "after\nmore\n")
    }

    @Test(arguments: backends)
    func `others may send to a connection and end it`(backend: Backend) throws {
        let server = try TestGroup(backend) { $0.loopCount = 2 }
        let client = try server.greetedClient()
        let id = try #require(server.journal.opened.withLock { $0.first })
        let context = server.group.contexts[Int(id.loop)]
        context.send(Array("news\n".utf8), to: id)
        #expect(try client.text(5) == "news\n")
        context.close(id)
        #expect(client.waitForEnd())
        #expect(server.reaches { server.journal.closes(.killed) == 1 })
        // The name is never given again: nobody else is hit by it.
        let other = try server.greetedClient()
        context.close(id)
        try other.send("x\n")
        #expect(try other.text(2) == "x\n")
    }

    @Test(arguments: backends)
    func `a handler may refuse with words`(backend: Backend) throws {
        let server = try TestGroup(backend) { $0.listeners[0].tag = 99 }
        let client = try server.client()
        try client.send("hello\n")
        #expect(try client.receiveAll() == Array("go away\n".utf8))
        #expect(server.reaches { server.total { $0.closed(by: .refused) } == 1 })
        #expect(server.journal.closed.withLock { $0.isEmpty })
    }

    @Test(arguments: backends)
    func `connections are spread evenly over the loops`(backend: Backend) throws {
        let server = try TestGroup(backend) { $0.loopCount = 3 }
        let clients = try (0..<12).map { _ in try server.greetedClient() }
        #expect(server.journal.perLoop.withLock { $0 } == [0: 4, 1: 4, 2: 4])
        #expect(clients.count == 12)
    }

    @Test(arguments: backends)
    func `what goes in and out is counted`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.greetedClient()
        try client.send("*\n")
        #expect(try client.receive(exactly: 65_536).count == 65_536)
        #expect(server.reaches { server.total { $0.bytesOut.value } == 65_542 })
        #expect(server.total { $0.bytesIn.value } == 8)
        #expect(server.total { $0.accepted.value } == 1)
        #expect(server.group.contexts[0].backend == backend)
    }

    @Test(arguments: backends)
    func `housekeeping goes on while there is more`(backend: Backend) throws {
        // The stepped clock stands: only the answer "more" can bring further calls.
        let clock = SteppedClock()
        let server = try TestGroup(backend) { configuration in
            configuration.clock = { clock.now }
        }
        clock.advance(seconds: 1)
        #expect(server.reaches { server.journal.ticks.load(ordering: .relaxed) == 2 })
        for _ in 0..<10 { server.barrier() }
        #expect(server.journal.ticks.load(ordering: .relaxed) == 2)
    }
}
