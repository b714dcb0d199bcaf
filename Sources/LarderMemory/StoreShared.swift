import LarderCore
import Synchronization

/// What all shards of a store share.
final class StoreShared: Sendable {
    let hasher: KeyHasher
    let budget: PageBudget
    let limits: StoreLimits
    /// Flushes and swaps so far. A fill that began before one fails.
    let flushEpoch = Atomic<UInt64>(0)
    private let lastSpace = Atomic<UInt16>(0)
    private let peers = Mutex<Peers>(Peers())
    /// Where the next search for a shard to take from begins.
    private let nextDonor = Atomic<Int>(0)

    private struct Peers {
        weak var shards: ShardArray?
    }

    init(hasher: KeyHasher, budget: PageBudget, limits: StoreLimits) {
        self.hasher = hasher
        self.budget = budget
        self.limits = limits
    }

    func setPeers(_ shards: ShardArray) {
        peers.withLock { $0.shards = shards }
    }

    /// The key space after the last one that was given out.
    func nextSpace() -> UInt16 {
        let next = lastSpace.add(1, ordering: .relaxed).newValue
        return next % UInt16(KeySpaces.count)
    }

    /// Makes another shard give a slab back to the budget. The caller holds its own lock; others
    /// are only tried, so nobody waits in a circle.
    ///
    /// - Returns: Whether one did.
    func takeFromPeer(of number: Int, holdingMoreThan slabCount: Int) -> Bool {
        guard let shards = peers.withLock({ $0.shards }) else { return false }
        let start = nextDonor.add(1, ordering: .relaxed).oldValue
        for offset in 0..<shards.count {
            let donor = (start + offset) & (shards.count - 1)
            guard donor != number else { continue }
            let isDone = shards.tryWithLock(donor) { state in
                state.arena.heldCount > slabCount && state.giveSlab()
            }
            if isDone == true { return true }
        }
        return false
    }
}
