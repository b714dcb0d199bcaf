import LarderCore
import Synchronization

/// What all shards of a store share.
final class StoreShared: Sendable {
    let hasher: KeyHasher
    let budget: PageBudget
    let limits: StoreLimits
    let events = KeyEventLog()
    /// Flushes and swaps so far. A fill that began before one fails.
    let flushEpoch = Atomic<UInt64>(0)
    /// Bans so far. The number of one is its epoch.
    let banEpoch = Atomic<UInt32>(0)
    /// The same for each database.
    let moves: DatabaseMoves
    private let lastSpace = Atomic<UInt16>(0)
    private let peers = Guarded(Peers())
    /// Where the next search for a shard to take from begins.
    private let nextDonor = Atomic<Int>(0)

    private struct Peers {
        weak var shards: ShardArray?
    }

    init(hasher: KeyHasher, budget: PageBudget, limits: StoreLimits, databaseCount: Int) {
        moves = DatabaseMoves(count: databaseCount)
        self.hasher = hasher
        self.budget = budget
        self.limits = limits
    }

    /// Whether a value of this size is stored: no more than is configured, and never more than half
    /// of a limit that was lowered since.
    func takes(_ byteCount: Int) -> Bool {
        guard byteCount <= limits.valueMax else { return false }
        return byteCount <= SizeClasses.inlineMax || byteCount <= budget.limit / 2
    }

    func setPeers(_ shards: ShardArray) {
        peers.withLock { $0.shards = shards }
    }

    /// The key space `distance` after the last one that was given out.
    func space(after distance: UInt16) -> UInt16 {
        (lastSpace.load(ordering: .relaxed) &+ distance) % UInt16(KeySpaces.count)
    }

    /// The key space after the last one that was given out. All shards are locked.
    func nextSpace() -> UInt16 {
        // 16 bits wrap around to the same place as the 12 that count.
        lastSpace.wrappingAdd(1, ordering: .relaxed).newValue % UInt16(KeySpaces.count)
    }

    /// Makes another shard give a slab back to the budget.
    ///
    /// - Returns: Whether one did.
    func takeFromPeer(of number: Int, holdingMoreThan slabCount: Int) -> Bool {
        askPeers(of: number) { state in
            defer { state.payOverhead() }
            return state.arena.heldCount > slabCount && state.giveSlab() == .given
        }
    }

    /// Makes another shard evict an entry.
    ///
    /// - Returns: Whether one did.
    func evictFromPeer(of number: Int) -> Bool {
        var ignored = false
        return askPeers(of: number) { state in
            defer { state.payOverhead() }
            return state.evictColdest(protecting: nil, wasUnheld: &ignored)
        }
    }

    /// Asks the other shards in turn until one says yes. The caller holds its own lock; others are
    /// only tried, so nobody waits in a circle.
    private func askPeers(of number: Int, _ question: (inout ShardState) -> Bool) -> Bool {
        guard let shards = peers.withLock({ $0.shards }) else { return false }
        let start = nextDonor.add(1, ordering: .relaxed).oldValue
        for offset in 0..<shards.count {
            let donor = (start + offset) & (shards.count - 1)
            guard donor != number else { continue }
            let isDone = shards.tryWithLock(donor, question)
            if isDone == true { return true }
        }
        return false
    }
}
