// 2Q: a queue for what is new, a list for what came back.
//
// What is used several times at once and then no more looks popular to LRU. 2Q asks for a second
// use after some time: a newcomer passes through a FIFO queue of a quarter of the space, where hits
// count for nothing. When it leaves, a ghost keeps its fingerprint. Only what is asked for again
// while the ghost remembers it goes to the main list, which is an LRU. So neither a scan nor a
// burst gets in.
//
//     hit(x):   x in main: put it first; x in the queue: nothing
//     miss(x):  remembered = ghost.remove(x)
//               while x does not fit:
//                   if the queue is over its quarter: evict its oldest, remember it in the ghost
//                   else evict the last of main
//               insert x first in main if remembered, else in the queue
//
// This is the paper's full version with its recommended sizes: the queue (A1in) a quarter of the
// cache, the ghost (A1out) as many as half of the cache holds. Where we differ: entries have
// weights, of which queue and ghost have their shares (and the ghost never remembers more than the
// entries that are held); the ghost may forget one in fifty early; an entry above the queue's share
// goes to main, unless it is simulated as in libCacheSim, which refuses it; the queue is asked when
// main is empty. Cost and priority are ignored.
//
// [1] T. Johnson, D. Shasha, 2Q: A Low Overhead High Performance Buffer Management Replacement
//     Algorithm, VLDB 1994, https://www.vldb.org/conf/1994/P439.PDF

public import LarderCore

/// The 2Q eviction policy [1]: resists scans and bursts.
public struct TwoQueue: WeighedPolicy, ~Copyable {
    /// Bytes of storage per slot, of which 4 are the fingerprint for the ghost. Beside them, 13 to
    /// 16 bytes for each entry in the ghost.
    public static var bytesPerSlot: Int {
        WeightedQueues.bytesPerSlot + MemoryLayout<UInt32>.stride
    }

    /// The paper's quarter (Kin).
    static let recentShare = 4
    /// The paper's half (Kout).
    static let ghostShare = 2
    static let recent = 0
    static let main = 1

    private var queues: WeightedQueues
    /// Of the slots in the queue of the recent.
    private var fingerprints: ReservedArray<UInt32>
    private var ghost = Ghost()
    /// Weight held plus room, as of the last admission.
    private var capacity = 0
    /// What `coldest` answered last, while it is held.
    private var candidate = SlotID.none
    private let oversized: S3Fifo.OversizedRule

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, oversized: .admit)
    }

    /// An empty policy with a rule for entries that are heavier than the queue may be.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, oversized: S3Fifo.OversizedRule) {
        queues = WeightedQueues(slotCapacity: slotCapacity, queueCount: 2)
        fingerprints = ReservedArray(reserving: slotCapacity)
        self.oversized = oversized
    }

    /// Weight of all entries held.
    public var totalWeight: Int { queues.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        queues.storageBytes + fingerprints.storageBytes + ghost.storageBytes
    }

    private var recentCapacity: Int { capacity / Self.recentShare }

    private var ghostLimit: Ghost.Limit {
        Ghost.Limit(
            weight: capacity / Self.ghostShare, entries: queues.count + 1,
            expectedEntries: queues.count / Self.ghostShare)
    }

    /// Evicts until the newcomer fits, then puts it in main if the ghost remembers it, else in the
    /// queue.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        capacity = max(0, totalWeight + room)
        let weight = Int(access.weight)
        let largest = oversized == .refuse ? recentCapacity : capacity
        let fingerprint = Ghost.fingerprint(of: access.hash)
        let isRemembered =
            weight <= min(totalWeight + room, largest) && ghost.remove(fingerprint)
        guard
            makeRoom(
                for: slot, weight: access.weight, room: room, largest: largest, evicting: &victims)
        else { return }
        let isInMain = isRemembered || weight > recentCapacity
        queues.insert(slot, weight: access.weight, in: isInMain ? Self.main : Self.recent)
        if slot.index >= fingerprints.count { fingerprints.grow(toCount: slot.index + 1) }
        fingerprints[slot.index] = fingerprint
    }

    /// Makes an entry of main the first. In the queue a hit changes nothing.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        queues.setWeight(of: slot, to: access.weight)
        if queues.queue(of: slot) == Self.main { queues.move(slot, to: Self.main) }
    }

    /// Takes the entry out. The ghost remembers it if it was the coldest and in the queue.
    public mutating func remove(_ slot: SlotID) {
        let isRecent = queues.queue(of: slot) == Self.recent
        let weight = queues.weight(of: slot)
        queues.remove(slot)
        guard slot == candidate else { return }
        candidate = .none
        guard isRecent else { return }
        ghost.insert(fingerprints[slot.index], weight: weight, limit: ghostLimit)
    }

    /// The oldest of the queue if that is over its share, else the least recently used of main.
    public mutating func coldest() -> SlotID? {
        let isRecentFull = queues.weight(of: Self.recent) > recentCapacity
        let ofMain = isRecentFull ? nil : queues.last(of: Self.main)
        let slot = ofMain ?? queues.last(of: Self.recent) ?? queues.last(of: Self.main)
        candidate = slot ?? .none
        return slot
    }

    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise of the queues or the ghost.
    public func checkInvariants() throws(InvariantViolation) {
        try queues.checkInvariants()
        try ghost.checkInvariants()
    }
}
