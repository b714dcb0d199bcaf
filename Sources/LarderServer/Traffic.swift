import LarderCore
import LarderMemory
import LarderRuntime

/// What the loops have counted, added up.
final class Traffic: Sendable {
    private let contexts = Guarded<[LoopContext]>([])

    func add(_ context: LoopContext) {
        contexts.withLock { $0.append(context) }
    }

    /// The interface to the kernel that the loops use.
    var backend: String {
        let choice = contexts.withLock { $0.first?.backend }
        return choice == .uring ? "io_uring" : "libevent"
    }

    private func context(of id: ConnectionID) -> LoopContext? {
        contexts.withLock { $0.first { $0.index == Int(id.loop) } }
    }

    /// Lets a paused connection go on.
    func resume(_ id: ConnectionID) { context(of: id)?.resume(id) }

    /// Ends a connection; false when its loop cannot be told now.
    func close(_ id: ConnectionID) -> Bool { context(of: id)?.close(id) ?? true }

    private func sum(_ value: (LoopStatistics) -> UInt64) -> UInt64 {
        contexts.withLock { $0.reduce(0) { $0 + value($1.statistics) } }
    }

    var accepted: UInt64 { sum { $0.accepted.value } }
    var bytesIn: UInt64 { sum { $0.bytesIn.value } }
    var bytesOut: UInt64 { sum { $0.bytesOut.value } }
    /// Times that bytes were read and answered.
    var batches: UInt64 { sum { $0.batches.value } }
    /// The largest output that waited for a client.
    var pendingPeak: UInt64 {
        contexts.withLock { $0.map { $0.statistics.pendingPeak.value }.max() ?? 0 }
    }
    var rejected: UInt64 { sum { $0.closed(by: .refused) } }
    /// Clients that were cut because their output or their memory was too large.
    var evicted: UInt64 {
        sum { $0.closed(by: .outputLimit) + $0.closed(by: .memoryBudget) }
    }
}

/// What CONFIG RESETSTAT counts from: the counters of the loops themselves never go back.
struct TrafficCounts: Sendable {
    var accepted: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    var rejected: UInt64 = 0
    var evicted: UInt64 = 0
    var batches: UInt64 = 0
    var commands: UInt64 = 0

    init() {}

    init(_ traffic: Traffic, commands: UInt64) {
        (accepted, bytesIn, bytesOut) = (traffic.accepted, traffic.bytesIn, traffic.bytesOut)
        (rejected, evicted, batches) = (traffic.rejected, traffic.evicted, traffic.batches)
        self.commands = commands
    }
}
