// CLOCK, also called second chance or FIFO with reinsertion: one queue, one bit per entry.
//
// LRU moves an entry on each hit. CLOCK only sets a bit, and asks for it when the entry's turn to
// leave has come: if it was hit since it was last looked at, it goes round once more. What was hit
// lately stays, as in LRU, and a hit costs next to nothing. A scan still replaces all that was not
// hit while it lasted.
//
//     hit(x):   x.visited = true
//     miss(x):  while x does not fit:
//                   take the oldest y
//                   if y.visited: y.visited = false; reinsert y as the newest
//                   else evict y
//               insert x as the newest, x.visited = false
//
// Where we differ from the paper: our hand stays at the end of a queue and the entries move past
// it, which comes to the same and lets entries leave from the middle; and newcomers are the newest,
// not at the place of the victim, which again is the same. Entries have weights, so one newcomer
// may evict several, and one that is heavier than everything together is refused; an eviction
// spares a bounded number of entries. Cost and priority are ignored: one bit has no room for them.
//
// [1] F. J. Corbató, A Paging Experiment with the Multics System, MIT Project MAC, 1968,
//     https://apps.dtic.mil/sti/citations/AD0687552

public import LarderCore

/// The CLOCK eviction policy [1]: LRU for the price of FIFO.
public struct Clock: WeighedPolicy, ~Copyable {
    /// Bytes of storage per slot, for the memory accounting.
    public static var bytesPerSlot: Int { WeightedQueues.bytesPerSlot }

    /// 4,096 entries at two cache misses of 100 ns are 0.8 ms: one eviction stays below the
    /// millisecond that a step of housekeeping may take, however many entries were hit.
    public static var defaultSparedMax: Int { 4096 }

    /// A single queue, whose end is the hand. The first flag is the bit.
    private var queues: WeightedQueues
    private let sparedMax: Int

    /// How often an entry was evicted only because `sparedMax` others had been spared before it.
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

    /// Evicts until the newcomer fits, then puts it where the hand comes last.
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

    /// Takes the entry out of the queue.
    public mutating func remove(_ slot: SlotID) {
        queues.remove(slot)
    }

    /// The oldest entry whose bit is clear. Those that it passes are reinserted, their bits clear.
    public mutating func coldest() -> SlotID? {
        var spared = 0
        while let slot = queues.last(of: 0) {
            guard queues.has(.first, slot) else { return slot }
            guard spared < sparedMax else {
                sparedMaxHits += 1
                queues.clear(.first, of: slot)
                return slot
            }
            queues.move(slot, to: 0)
            spared += 1
        }
        return nil
    }

    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise of the queue.
    public func checkInvariants() throws(InvariantViolation) {
        try queues.checkInvariants()
    }
}
