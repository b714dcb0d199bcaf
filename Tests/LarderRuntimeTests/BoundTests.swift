import Dispatch
import LarderCore
import LarderRuntime
import Synchronization
import Testing

@Suite struct BoundTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    /// One star line is answered with 64 KiB.
    private let starBytes = 65_536

    @Test(arguments: backends)
    func `a client that does not read is not read either`(backend: Backend) throws {
        let server = try TestGroup(backend) { configuration in
            configuration.pendingSoftLimit = 256 << 10
            configuration.outputBufferBytes = 256 << 10
            configuration.pendingHardLimit = 4 << 20
        }
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        // 26 MB of answers: more than the hard limit, were they all made at once.
        for _ in 0..<400 { try client.send("*\n") }
        #expect(server.reaches { server.total { $0.slowReaderStops.value } > 0 })
        #expect(try client.receive(exactly: 400 * starBytes).count == 400 * starBytes)
        // The limit, one full output, and the last answer.
        let bound = UInt64((256 << 10) * 2 + starBytes)
        #expect(server.total { $0.pendingPeak.value } <= bound)
        #expect(server.journal.closes(.outputLimit) == 0)
    }

    @Test(arguments: backends)
    func `one answer above the hard limit ends the connection`(backend: Backend) throws {
        let server = try TestGroup(backend) { configuration in
            configuration.pendingSoftLimit = 64 << 10
            configuration.pendingHardLimit = 128 << 10
        }
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        // Each value has 3 MiB: some fill the system's buffers, the next one has no place.
        try client.send(String(repeating: "$\n", count: 20))
        #expect(server.reaches { server.journal.closes(.outputLimit) == 1 })
        #expect(client.waitForEnd())
        #expect(server.reaches { server.journal.valuesAlive.load(ordering: .relaxed) == 0 })
    }

    @Test(arguments: backends)
    func `the greediest client goes when all hold too much`(backend: Backend) throws {
        let server = try TestGroup(backend) { configuration in
            configuration.loopCount = 2
            configuration.clientMemoryLimit = 3 << 20
            configuration.pendingSoftLimit = 64 << 20
        }
        let modest = try server.greetedClient(receiveBuffer: 8 << 10)
        let greedy = try server.greetedClient(receiveBuffer: 8 << 10)
        try modest.send("*\n*\n*\n")
        #expect(server.reaches { server.journal.lines.load(ordering: .relaxed) == 5 })
        for _ in 0..<256 { try? greedy.send("*\n") }
        #expect(server.reaches { server.journal.closes(.memoryBudget) == 1 })
        #expect(greedy.waitForEnd())
        #expect(try modest.receive(exactly: 3 * starBytes).count == 3 * starBytes)
        try modest.send("still here\n")
        #expect(try modest.text(11) == "still here\n")
        #expect(server.group.clientMemory <= 3 << 20)
    }

    @Test(arguments: backends)
    func `more clients than allowed are told so`(backend: Backend) throws {
        let server = try TestGroup(backend) { $0.maximumConnections = 2 }
        let first = try server.greetedClient()
        do {
            let second = try server.greetedClient()
            defer { second.finishSending() }
            let third = try server.client()
            let text = String(decoding: try third.receiveAll(), as: UTF8.self)
            #expect(text == "-ERR max number of clients reached\r\n")
        }
        #expect(server.reaches { server.group.connections == 1 })
        _ = try server.greetedClient()
        try first.send("me too\n")
        #expect(try first.text(7) == "me too\n")
        #expect(server.total { $0.closed(by: .refused) } == 1)
    }

    @Test(arguments: backends)
    func `an idle client goes, a busy one stays`(backend: Backend) throws {
        let clock = SteppedClock()
        let server = try TestGroup(backend) { configuration in
            configuration.idleTimeout = .seconds(60)
            configuration.clock = { clock.now }
        }
        let idle = try server.greetedClient()
        let busy = try server.greetedClient()
        clock.advance(seconds: 40)
        try busy.send("x\n")
        #expect(try busy.text(2) == "x\n")
        clock.advance(seconds: 30)
        #expect(idle.waitForEnd())
        #expect(server.reaches { server.journal.closes(.idle) == 1 })
        try busy.send("y\n")
        #expect(try busy.text(2) == "y\n")
    }

    @Test(arguments: backends)
    func `a client that takes nothing for long goes`(backend: Backend) throws {
        let clock = SteppedClock()
        let server = try TestGroup(backend) { configuration in
            configuration.stallTimeout = .seconds(60)
            configuration.clock = { clock.now }
        }
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        for _ in 0..<200 { try client.send("*\n") }
        #expect(server.reaches { server.total { $0.slowReaderStops.value } > 0 })
        clock.advance(seconds: 61)
        #expect(server.reaches { server.journal.closes(.stalled) == 1 })
        #expect(client.waitForEnd())
    }

    @Test func `a full mailbox refuses and counts`() throws {
        let server = try TestGroup(.libevent) { $0.mailboxLimit = 10 }
        let context = server.group.contexts[0]
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        #expect(
            context.run {
                entered.signal()
                gate.wait()
            })
        entered.wait()
        var accepted = 0
        while accepted < 100, context.run({}) { accepted += 1 }
        gate.signal()
        #expect(accepted == 10)
        #expect(context.statistics.mailboxRefusals == 1)
    }
}
