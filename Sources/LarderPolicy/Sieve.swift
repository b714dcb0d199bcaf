// SIEVE: one queue, one bit per entry, one hand.
//
// Most entries are never used again, so they should leave soon and cheaply; few deserve to stay.
// New entries join at the front. A hit sets a bit and moves nothing. The hand walks from the oldest
// entry to the newest and stays where it stopped: it spares an entry whose bit is set, clearing the
// bit, and evicts the first whose bit is clear. So survivors gather behind the hand, and newcomers,
// which it meets soon, must prove themselves quickly.
//
//     hit(x):   x.visited = true
//     miss(x):  while x does not fit:
//                   while hand.visited: hand.visited = false; hand = newer(hand) or oldest
//                   evict hand; hand = newer(hand)
//               insert x as the newest, x.visited = false
//
// Where we differ: entries have weights, so one newcomer may evict several, and one that is heavier
// than everything together is refused; the hand spares a bounded number of entries per eviction.
// Cost and priority are ignored: one bit has no room for them.
//
// [1] Y. Zhang et al., SIEVE is Simpler than LRU: an Efficient Turn-Key Eviction Algorithm for Web
//     Caches, NSDI 2024, https://www.usenix.org/conference/nsdi24/presentation/zhang-yazhuo

public import LarderCore

/// The SIEVE eviction policy [1]: cheaper than LRU on a hit, and on most web traces with fewer
/// misses. A long scan does pass through it; workloads with scans want another policy.
public struct Sieve: WeighedPolicy, ~Copyable {
    /// Bytes of storage per slot, for the memory accounting.
    public static var bytesPerSlot: Int { WeightedQueues.bytesPerSlot }

    /// 4,096 entries at two cache misses of 100 ns are 0.8 ms: one eviction stays below the
    /// millisecond that a step of housekeeping may take, however many entries are visited.
    public static var defaultSparedMax: Int { 4096 }

    /// A single queue. The first flag is the bit.
    private var queues: WeightedQueues
    /// The entry to look at next; none means the oldest.
    private var hand = SlotID.none
    private let sparedMax: Int

    /// How often an entry was evicted only because the hand had spared `sparedMax` others.
    public private(set) var sparedMaxHits = 0

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, sparedMax: Self.defaultSparedMax)
    }

    /// An empty policy that spares at most `sparedMax` entries per eviction.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, sparedMax: Int) {
        queues = WeightedQueues(slotCapacity: slotCapacity, queueCount: 1)
        self.sparedMax = sparedMax
    }

    /// Weight of all entries held.
    public var totalWeight: Int { queues.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { queues.storageBytes }

    /// Evicts from the hand on until the newcomer fits, then puts it at the front.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        guard makeRoom(for: slot, weight: access.weight, room: room, evicting: &victims)
        else { return }
        queues.insert(slot, weight: access.weight, in: 0)
    }

    /// Sets the bit, and moves nothing.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        queues.setWeight(of: slot, to: access.weight)
        queues.set(.first, of: slot)
    }

    /// Takes the entry out of the queue; a hand that rests on it moves on.
    public mutating func remove(_ slot: SlotID) {
        if hand == slot { hand = queues.slot(before: slot) ?? .none }
        queues.remove(slot)
    }

    /// The first entry from the hand on whose bit is clear. Clears the bits that it passes.
    public mutating func coldest() -> SlotID? {
        var spared = 0
        while let slot = hand == .none ? queues.last(of: 0) : hand {
            hand = slot
            guard queues.has(.first, slot) else { return slot }
            queues.clear(.first, of: slot)
            guard spared < sparedMax else {
                sparedMaxHits += 1
                return slot
            }
            hand = queues.slot(before: slot) ?? .none
            spared += 1
        }
        return nil
    }

    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: the queue is sound and the hand is in it.
    public func checkInvariants() throws(InvariantViolation) {
        try queues.checkInvariants()
        try InvariantViolation.check(
            hand == .none || queues.slots(of: 0).contains(hand), "the hand is not in the queue")
    }
}
