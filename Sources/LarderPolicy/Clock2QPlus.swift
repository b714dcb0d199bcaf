// Clock2Q+: S3-FIFO that does not count what comes in a burst.
//
// Newcomers pass through a small queue, a tenth of the space; what was referenced there goes on to
// the main clock, what was not leaves, and a ghost remembers its fingerprint. But a use right after
// the first says little: reading a tree touches the same leaf again and again, and then no more. So
// in the newer half of the small queue, the correlation window, a hit counts for nothing. One hit
// beyond it suffices, where S3-FIFO asks for two.
//
//     hit(x):   if x is in main, or in small and beyond the window: x.referenced = true
//     miss(x):  remembered = ghost.remove(x)
//               while x does not fit: evict from main if it is over 90 %, else from small
//               insert x in main if remembered, else in small
//     small:    take the oldest; referenced: move to main; else evict, remember in ghost
//     main:     take the oldest; referenced: reinsert, no longer referenced; else evict
//
// The window is the paper's half of the small queue; as in libCacheSim the ghost remembers as much
// as main holds, and before the first eviction the small queue takes no more than its tenth. Where
// we differ: entries have weights, of which queues, window and ghost have their shares.
// (libCacheSim compares a number of entries with a window in bytes, so with sizes hits in the small
// queue never count there: up to 0.94 points of hit ratio less, and by that alone. The paper's
// blocks are of one size.) The ghost may forget one in fifty early; an entry above the small queue
// goes to main, unless it is simulated as in libCacheSim, which refuses it; an eviction spares a
// bounded number of entries. Cost and priority are ignored.
//
// [1] Y. Zhai et al., Clock2Q+: A Simple and Efficient Replacement Algorithm for Metadata Cache in
//     VMware vSAN, 2025, https://arxiv.org/abs/2511.21958

public import LarderCore

/// The Clock2Q+ eviction policy [1]: resists scans and bursts, and a hit sets at most one bit.
public struct Clock2QPlus: WeighedPolicy, ~Copyable {
    /// Bytes of storage per slot, of which 4 are the fingerprint for the ghost. Beside them, 13 to
    /// 16 bytes for each entry in the ghost.
    public static var bytesPerSlot: Int {
        WeightedQueues.bytesPerSlot + MemoryLayout<UInt32>.stride
    }

    /// 4,096 entries at two cache misses of 100 ns are 0.8 ms: one eviction stays below the
    /// millisecond that a step of housekeeping may take, however many entries were hit.
    public static var defaultSparedMax: Int { 4096 }

    /// The paper's tenth.
    static let smallShare = 10
    /// The paper's half of the small queue.
    static let windowShare = 2
    static let small = 0
    static let main = 1

    /// The first flag says that an entry was referenced, the second that it is beyond the window.
    private var queues: WeightedQueues
    /// Of the slots in the small queue.
    private var fingerprints: ReservedArray<UInt32>
    private var ghost = Ghost()
    /// The oldest entry in the window; none when the window is empty.
    private var windowEnd = SlotID.none
    /// Weight of the entries in the window.
    private var windowWeight = 0
    /// Weight held plus room, as of the last admission.
    private var capacity = 0
    private var hasEvicted = false
    /// What `coldest` answered last, while it is held.
    private var candidate = SlotID.none
    private let sparedMax: Int
    private let oversized: S3Fifo.OversizedRule

    /// How often an entry was evicted only because `sparedMax` others had been spared before it.
    public private(set) var sparedMaxHits = 0

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, oversized: .admit)
    }

    /// An empty policy with a rule for entries that are heavier than the small queue may be, which
    /// spares at most `sparedMax` entries per eviction.
    ///
    /// - Complexity: O(1).
    public init(
        slotCapacity: Int, oversized: S3Fifo.OversizedRule, sparedMax: Int = defaultSparedMax
    ) {
        queues = WeightedQueues(slotCapacity: slotCapacity, queueCount: 2)
        fingerprints = ReservedArray(reserving: slotCapacity)
        self.oversized = oversized
        self.sparedMax = sparedMax
    }

    /// Weight of all entries held.
    public var totalWeight: Int { queues.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        queues.storageBytes + fingerprints.storageBytes + ghost.storageBytes
    }

    /// Evicts until the newcomer fits, then puts it in main if the ghost remembers it, else in the
    /// small queue.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        capacity = max(0, totalWeight + room)
        let weight = Int(access.weight)
        let largest = oversized == .refuse ? smallCapacity : capacity
        let fingerprint = Ghost.fingerprint(of: access.hash)
        let isRemembered =
            weight <= min(totalWeight + room, largest) && ghost.remove(fingerprint)
        guard
            makeRoom(
                for: slot, weight: access.weight, room: room, largest: largest, evicting: &victims)
        else { return }
        let isInMain = isRemembered || weight > smallCapacity || isFillingMain
        queues.insert(slot, weight: access.weight, in: isInMain ? Self.main : Self.small)
        if slot.index >= fingerprints.count { fingerprints.grow(toCount: slot.index + 1) }
        fingerprints[slot.index] = fingerprint
        if !isInMain { addToWindow(slot) }
    }

    /// Sets the bit, unless the entry is in the window, and moves nothing.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        if isInWindow(slot) {
            windowWeight += Int(access.weight) - queues.weight(of: slot)
        } else {
            queues.set(.first, of: slot)
        }
        queues.setWeight(of: slot, to: access.weight)
    }

    /// Takes the entry out of its queue. The ghost remembers it if it was the coldest, in small.
    public mutating func remove(_ slot: SlotID) {
        if isInWindow(slot) { takeOutOfWindow(slot) }
        let isSmall = queues.queue(of: slot) == Self.small
        let weight = queues.weight(of: slot)
        queues.remove(slot)
        let isEviction = slot == candidate
        if isEviction { candidate = .none }
        if isEviction, isSmall {
            ghost.insert(fingerprints[slot.index], weight: weight, limit: ghostLimit)
        }
        hasEvicted = (hasEvicted || isEviction) && queues.count > 0
    }

    /// The oldest entry that has not earned its stay. Moves and reinserts those that have.
    public mutating func coldest() -> SlotID? {
        if candidate != .none, !queues.has(.first, candidate) { return candidate }
        var spared = 0
        let isMainFull = queues.weight(of: Self.main) > mainCapacity
        let slot = isMainFull ? nil : coldest(of: Self.small, &spared)
        candidate = slot ?? coldest(of: Self.main, &spared) ?? .none
        return candidate == .none ? nil : candidate
    }
}

extension Clock2QPlus {
    private var smallCapacity: Int { capacity / Self.smallShare }

    private var mainCapacity: Int { capacity - smallCapacity }

    /// Before the first eviction the small queue takes no more than its share.
    private var isFillingMain: Bool {
        !hasEvicted && queues.weight(of: Self.small) >= smallCapacity
    }

    /// As much weight as main may hold, in at most twice as many entries as are held: where small
    /// entries pass by few large ones, the ghost must not outgrow the rest.
    private var ghostLimit: Ghost.Limit {
        Ghost.Limit(
            weight: mainCapacity, entries: 2 * queues.count + 1,
            expectedEntries: queues.count(of: Self.main))
    }

    /// The oldest of a queue that is not referenced. Those that are go to the front of main.
    private mutating func coldest(of queue: Int, _ spared: inout Int) -> SlotID? {
        while let slot = queues.last(of: queue) {
            guard queues.has(.first, slot) else { return slot }
            guard spared < sparedMax else {
                sparedMaxHits += 1
                queues.clear(.first, of: slot)
                return slot
            }
            queues.move(slot, to: Self.main)
            spared += 1
        }
        return nil
    }

    private func isInWindow(_ slot: SlotID) -> Bool {
        queues.queue(of: slot) == Self.small && !queues.has(.second, slot)
    }

    /// Puts the newest entry in the window, and out of it those that as much came after.
    private mutating func addToWindow(_ slot: SlotID) {
        if windowEnd == .none { windowEnd = slot }
        windowWeight += queues.weight(of: slot)
        while windowEnd != .none,
            (windowWeight - queues.weight(of: windowEnd)) * Self.windowShare >= smallCapacity
        {
            let oldest = windowEnd
            takeOutOfWindow(oldest)
            queues.set(.second, of: oldest)
        }
    }

    private mutating func takeOutOfWindow(_ slot: SlotID) {
        if slot == windowEnd { windowEnd = queues.slot(before: slot) ?? .none }
        windowWeight -= queues.weight(of: slot)
    }
}

extension Clock2QPlus {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: queues and ghost are sound, the window is the newer end
    ///   of the small queue, and nothing in it is referenced.
    public func checkInvariants() throws(InvariantViolation) {
        try queues.checkInvariants()
        try ghost.checkInvariants()
        let small = queues.slots(of: Self.small)
        let window = small.drop { queues.has(.second, $0) }
        try InvariantViolation.check(
            window.first ?? .none == windowEnd, "the window begins at \(windowEnd)")
        var weight = 0
        for slot in window {
            weight += queues.weight(of: slot)
            try InvariantViolation.check(isInWindow(slot), "the window has a gap at \(slot)")
            try InvariantViolation.check(
                !queues.has(.first, slot), "\(slot) is referenced in the window")
        }
        try InvariantViolation.check(
            weight == windowWeight, "the window weighs \(weight), not \(windowWeight)")
    }
}
