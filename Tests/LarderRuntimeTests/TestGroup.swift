import LarderRuntime
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
        configuration.listeners = [ListenerConfiguration(.tcp(address: "127.0.0.1", port: 0), tag: 1)]
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

    /// Sum over the loops.
    func total(_ count: (LoopStatistics) -> UInt64) -> UInt64 {
        group.contexts.reduce(0) { $0 + count($1.statistics) }
    }
}

/// Backends that are tested alike.
let backends: [RuntimeConfiguration.BackendChoice] = [.libevent, .uring]
