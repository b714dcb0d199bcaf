import Dispatch
import LarderCore
import LarderRuntime
import Synchronization
import Testing

/// What one turn sends to many connections.
@Suite struct BroadcastTests {
    private func makeGroup(
        _ backend: RuntimeConfiguration.BackendChoice, _ journal: Journal,
        _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws -> LoopGroup<BroadcastHandler> {
        var configuration = RuntimeConfiguration()
        configuration.backend = backend
        configuration.maximumConnections = 256
        configuration.tickInterval = .milliseconds(5)
        configuration.listeners = [
            ListenerConfiguration(.tcp(address: "127.0.0.1", port: 0), tag: 1)
        ]
        change(&configuration)
        let group = try LoopGroup(configuration) { BroadcastHandler(journal, $0) }
        try group.start()
        return group
    }

    private func stop(_ group: LoopGroup<BroadcastHandler>) {
        group.stop(drain: .zero)
        group.wait()
    }

    /// A client that is sent what is said to all.
    private func listener(
        _ group: LoopGroup<BroadcastHandler>, receiveBuffer: Int32? = nil
    ) throws -> TestClient {
        let client = try TestClient(group.addresses[0], receiveBuffer: receiveBuffer)
        try client.send("join\n")
        #expect(try client.text(3) == "ok\n")
        return client
    }

    @Test(arguments: backends)
    func `all listeners get the same bytes`(backend: RuntimeConfiguration.BackendChoice) throws {
        let group = try makeGroup(backend, Journal())
        defer { stop(group) }
        let listeners = try (0..<100).map { _ in try listener(group) }
        let speaker = try TestClient(group.addresses[0])
        for round in 0..<20 {
            try speaker.send("say \(round)\nsay again\n")
            #expect(try speaker.text(6) == "ok\nok\n")
            let expected = "say \(round)\nsay again\n"
            for listener in listeners {
                #expect(try listener.text(expected.utf8.count) == expected)
            }
        }
    }

    @Test(arguments: backends)
    func `a listener's own reply is before what it says to all`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let group = try makeGroup(backend, Journal())
        defer { stop(group) }
        let client = try listener(group)
        for _ in 0..<50 {
            try client.send("say it\n")
            #expect(try client.text(10) == "ok\nsay it\n")
        }
    }

    @Test(arguments: backends)
    func `who does not read is closed at the bound, the others get all`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let journal = Journal()
        let limits = SubscriberLimits(hardBytes: 1 << 20, softBytes: 0)
        let group = try makeGroup(backend, journal) { $0.subscriberLimits = limits }
        defer { stop(group) }
        let deaf = try listener(group, receiveBuffer: 8 << 10)
        let reader = try listener(group)
        let speaker = try TestClient(group.addresses[0])
        let line = "say " + String(repeating: "x", count: 50_000) + "\n"
        var count = 0
        while journal.closes(.outputLimit) == 0, count < 1000 {
            try speaker.send(line)
            #expect(try speaker.text(3) == "ok\n")
            #expect(try reader.receive(exactly: line.utf8.count).count == line.utf8.count)
            count += 1
        }
        #expect(journal.closes(.outputLimit) == 1)
        #expect(deaf.waitForEnd())
        let peak = group.contexts.map { $0.statistics.pendingPeak.value }.max() ?? 0
        #expect(peak < UInt64(1 << 20 + line.utf8.count))
    }

    @Test(arguments: backends)
    func `much output may wait for a while only`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let journal = Journal()
        let clock = SteppedClock()
        let limits = SubscriberLimits(
            hardBytes: 64 << 20, softBytes: 1000, softDuration: .seconds(60))
        let group = try makeGroup(backend, journal) { configuration in
            configuration.subscriberLimits = limits
            configuration.stallTimeout = .seconds(5)
            configuration.idleTimeout = .seconds(5)
            configuration.clock = { clock.now }
        }
        defer { stop(group) }
        let deaf = try listener(group, receiveBuffer: 8 << 10)
        let quiet = try listener(group)
        do {
            let speaker = try TestClient(group.addresses[0])
            let line = "say " + String(repeating: "x", count: 50_000) + "\n"
            while group.contexts.allSatisfy({ $0.statistics.pendingPeak.value < 1000 }) {
                try speaker.send(line)
                #expect(try speaker.text(3) == "ok\n")
                #expect(try quiet.receive(exactly: line.utf8.count).count == line.utf8.count)
            }
        }
        let last = journal.ticks.load(ordering: .relaxed)
        clock.advance(seconds: 50)
        #expect(reaches(group) { journal.ticks.load(ordering: .relaxed) > last })
        #expect(journal.closes(.outputLimit) == 0)
        clock.advance(seconds: 20)
        #expect(reaches(group) { journal.closes(.outputLimit) == 1 })
        #expect(deaf.waitForEnd())
        // Silent for longer than others may be.
        try quiet.send("join\n")
        #expect(try quiet.text(3) == "ok\n")
    }
}

/// Whether `condition` comes true while the loops go through their events.
private func reaches(
    _ group: LoopGroup<BroadcastHandler>, _ condition: () -> Bool
) -> Bool {
    let end = ContinuousClock.now.advanced(by: .seconds(10))
    while !condition() {
        guard ContinuousClock.now < end else { return false }
        for context in group.contexts {
            let passed = DispatchSemaphore(value: 0)
            guard context.run({ passed.signal() }) else { return false }
            _ = passed.wait(timeout: .now() + 10)
        }
    }
    return true
}

/// Says each line that begins with `say` to all who joined on the loop.
private final class BroadcastHandler: ConnectionHandler {
    struct Connection {
        let id: ConnectionID
        var hasJoined = false
    }

    private let journal: Journal
    private let context: LoopContext
    private var listeners: [ConnectionID] = []
    private var lines: [UInt8] = []

    init(_ journal: Journal, _ context: LoopContext) {
        self.journal = journal
        self.context = context
    }

    func opened(_ peer: Peer, into output: inout OutputBuffer) -> Connection? {
        Connection(id: peer.id)
    }

    func received(
        _ bytes: RawSpan, on connection: inout Connection, into output: inout OutputBuffer,
        at now: Tick
    ) -> Received {
        let all = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        guard let last = all.lastIndex(of: UInt8(ascii: "\n")) else { return Received(consumed: 0) }
        for line in all[...last].split(separator: UInt8(ascii: "\n")) {
            output.append("ok\n")
            if line.starts(with: "say".utf8) {
                lines += line + [UInt8(ascii: "\n")]
                context.requestOwnDelivery()
            } else if !connection.hasJoined {
                connection.hasJoined = true
                listeners.append(connection.id)
            }
        }
        return Received(consumed: last + 1)
    }

    func deliver(through broadcaster: Broadcaster) {
        broadcaster.beginBatch()
        let said = lines
        let range = broadcaster.write { unsafe $0.append(said.span.bytes) }
        for listener in listeners { broadcaster.send(range, to: listener) }
        lines = []
    }

    func subscribes(_ connection: borrowing Connection) -> Bool { connection.hasJoined }

    func closed(_ connection: Connection, reason: CloseReason) {
        journal.closed.withLock { $0.append(reason) }
    }

    func ticked(at now: Tick) -> Bool {
        journal.ticks.add(1, ordering: .relaxed)
        return false
    }

    func refusal(of peer: Peer) -> StaticString { "no\n" }
}
