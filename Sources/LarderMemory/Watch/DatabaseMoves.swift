import Synchronization

/// How often each database was flushed or exchanged, so that a watch need not be told: it compares.
///
/// Relaxed: counts move while all shards are locked, and who relies on them holds the lock of one.
final class DatabaseMoves: Sendable {
    private final class Count: Sendable {
        let value = Atomic<UInt32>(0)
    }

    private let counts: [Count]
    private let exchanges = Atomic<Int>(0)

    init(count: Int) {
        counts = (0..<count).map { _ in Count() }
    }

    subscript(database: Int) -> UInt32 { counts[database].value.load(ordering: .relaxed) }

    /// Whether an exchange still looks for keys that it gave entries to.
    var isExchanging: Bool { exchanges.load(ordering: .relaxed) > 0 }

    /// - Returns: How often it was by now.
    func note(_ database: Int) -> UInt32 {
        counts[database].value.add(1, ordering: .relaxed).newValue
    }

    func beginExchange() { exchanges.add(1, ordering: .relaxed) }

    /// Whoever locks a shard before the search has come there still sees it under way.
    func endExchange() { exchanges.subtract(1, ordering: .relaxed) }
}

/// What a database got by an exchange.
struct DatabaseGain {
    let database: Int
    /// The key space that is its own now.
    let space: UInt16
    /// How often it was flushed or exchanged by then.
    let moves: UInt32
}
