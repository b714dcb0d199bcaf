import Dispatch
import LarderCore
import LarderRuntime
import Synchronization
import Testing

/// A running group of line handlers on free ports. It is stopped, and waited for, at the end.
final class TestGroup {
    let group: LoopGroup<LineHandler>
    let journal = Journal()

    init(
        _ backend: RuntimeConfiguration.BackendChoice,
        _ change: (inout RuntimeConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = RuntimeConfiguration()
        configuration.backend = backend
        configuration.maximumConnections = 64
        configuration.tickInterval = .milliseconds(5)
        configuration.listeners = [
            ListenerConfiguration(.tcp(address: "127.0.0.1", port: 0), tag: 1)
        ]
        change(&configuration)
        group = try LoopGroup(configuration) { [journal] in LineHandler(journal, $0) }
        try group.start()
    }

    deinit {
        group.stop(drain: .zero)
        group.wait()
    }

    func client(receiveBuffer: Int32? = nil) throws -> TestClient {
        try TestClient(group.addresses[0], receiveBuffer: receiveBuffer)
    }

    /// A client whose connection the server has taken over.
    func greetedClient(receiveBuffer: Int32? = nil) throws -> TestClient {
        let client = try client(receiveBuffer: receiveBuffer)
        try client.send("hello\n")
        #expect(try client.text(6) == "hello\n")
        return client
    }

    /// Sum over the loops.
    func total(_ count: (LoopStatistics) -> UInt64) -> UInt64 {
        group.contexts.reduce(0) { $0 + count($1.statistics) }
    }

    /// Returns when every loop has gone through its events.
    func barrier() {
        for context in group.contexts {
            let passed = DispatchSemaphore(value: 0)
            guard context.run({ passed.signal() }) else { return }
            _ = passed.wait(timeout: .now() + 10)
        }
    }

    /// Whether `condition` comes true while the loops go through their events.
    func reaches(_ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(10))
        while !condition() {
            guard ContinuousClock.now < end else { return false }
            barrier()
        }
        return true
    }
}

/// Backends that are tested alike.
let backends: [RuntimeConfiguration.BackendChoice] = [.libevent, .uring]

/// A clock that goes when it is told to.
final class SteppedClock: Sendable {
    private let nanoseconds = Atomic<UInt64>(1_000_000_000)

    var now: Tick { Tick(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

    func advance(seconds: UInt64) {
        nanoseconds.add(seconds * 1_000_000_000, ordering: .relaxed)
    }
}
