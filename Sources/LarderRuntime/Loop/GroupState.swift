import Glibc
import Synchronization

/// What the loops of a group share.
final class GroupState: Sendable {
    let contexts: [LoopContext]
    let budget: ClientBudget
    /// Connections allowed at a time, once the system's limits are known.
    let maximumConnections: Int
    let listeners: [BoundListener]
    let signals: Signals?
    private let serials = Atomic<UInt64>(0)
    private let open = Atomic<Int>(0)

    init(
        contexts: [LoopContext], listeners: [BoundListener], signals: Signals?,
        maximumConnections: Int, clientMemoryLimit: Int
    ) {
        self.contexts = contexts
        self.listeners = listeners
        self.signals = signals
        self.maximumConnections = maximumConnections
        budget = ClientBudget(limit: clientMemoryLimit)
    }

    func nextSerial() -> UInt64 {
        serials.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Counts a new connection; false when there are too many.
    func admitsConnection() -> Bool {
        if open.wrappingAdd(1, ordering: .relaxed).newValue <= maximumConnections { return true }
        connectionEnded()
        return false
    }

    func connectionEnded() {
        open.wrappingSubtract(1, ordering: .relaxed)
    }

    var connections: Int { open.load(ordering: .relaxed) }

    /// The loop with the fewest connections: even, also after many have left.
    func quietestLoop() -> LoopContext {
        var best = contexts[0]
        for context in contexts.dropFirst()
        where context.statistics.connections < best.statistics.connections {
            best = context
        }
        return best
    }
}

/// A listening socket. The first loop owns it.
struct BoundListener: Sendable {
    var descriptor: Int32
    var address: SocketAddress
    var configuration: ListenerConfiguration

    func close() {
        Glibc.close(descriptor)
        if case .unix(let path, _) = configuration.endpoint { _ = unsafe unlink(path) }
    }
}
