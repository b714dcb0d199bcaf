// MQ: eight LRU queues for eight orders of frequency.
//
// Behind another cache recency says little: what is used again soon is caught in front. There
// frequency tells, if it does not last for ever. An entry that was used f times is in queue
// log2(f), and the lowest queue that has any evicts its least recently used. An entry that was not
// used for a life time falls one queue, one look at the end of each queue per request. A ghost of
// four times the size remembers how often those that left had been used.
//
//     hit(x):   x.frequency += 1; enter(x)
//     miss(x):  while x does not fit: evict the last of the lowest queue that has any,
//                                     remember its frequency in the ghost
//               x.frequency = 1 + ghost.remove(x) or 1; enter(x)
//     enter(x): put x first in queue min(log2(x.frequency), 7), x.expiry = now + life time
//               now += 1
//               for the last y of each queue but the lowest, if y.expiry < now:
//                   put y first in the queue below, y.expiry = now + life time
//
// Where we differ from the paper, with libCacheSim: the life time is 10,000 requests, where the
// paper measures the most frequent distance between uses while it runs. Beyond both: the ghost
// counts entries and may forget one in fifty early; an entry counts up to 128 uses, with which the
// highest queue begins. Cost and priority are ignored.
//
// [1] Y. Zhou, J. F. Philbin, K. Li, The Multi-Queue Replacement Algorithm for Second Level Buffer
//     Caches, USENIX 2001, https://www.usenix.org/legacy/event/usenix01/full_papers/zhou/zhou.pdf

public import LarderCore

/// The MQ eviction policy [1]: keeps the frequent, for caches behind other caches.
public struct MultiQueue: WeighedPolicy, ~Copyable {
    /// What is known of a slot beside its queue.
    struct Use: BitwiseCopyable {
        /// For the ghost.
        var fingerprint: UInt32
        /// Bits 0-7: uses. Bits 8-31: when it expires, on a scale that wraps around.
        var bits: UInt32

        var frequency: UInt32 { bits & 0xFF }
        var expiry: UInt32 { bits >> 8 }
    }

    /// Bytes of storage per slot, of which 4 are the fingerprint for the ghost. Beside them, 13 to
    /// 16 bytes for each entry in the ghost.
    public static var bytesPerSlot: Int { WeightedQueues.bytesPerSlot + MemoryLayout<Use>.stride }

    /// The paper's eight.
    static let queueCount = 8
    /// From here on an entry is in the highest queue, whatever follows.
    static let frequencyMax: UInt32 = 1 << UInt32(queueCount - 1)
    /// The paper's four times the cache (Qout).
    static let ghostShare = 4
    /// Requests after which an unused entry falls; libCacheSim's choice.
    public static var defaultLifetime: UInt32 { 10_000 }
    /// A queue's last entry falls at once when it has expired, but for those before it: it is never
    /// late by half of this scale.
    private static let timeMask: UInt32 = 1 << 24 - 1

    private var queues: WeightedQueues
    private var uses: ReservedArray<Use>
    private var ghost = Ghost()
    /// Requests so far, on the scale of expiries.
    private var now: UInt32 = 0
    /// By queue: no entry expires before. So most requests look at no queue's end.
    private var nextExpiries: ReservedArray<UInt32>
    /// What `coldest` answered last, while it is held.
    private var candidate = SlotID.none
    private let lifetime: UInt32

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, lifetime: Self.defaultLifetime)
    }

    /// An empty policy in which an entry falls after `lifetime` requests without a use.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, lifetime: UInt32) {
        precondition(lifetime < Self.timeMask / 4, "A life time fits the scale of time.")
        queues = WeightedQueues(slotCapacity: slotCapacity, queueCount: Self.queueCount)
        uses = ReservedArray(reserving: slotCapacity)
        self.lifetime = lifetime
        nextExpiries = ReservedArray(reserving: Self.queueCount)
        nextExpiries.grow(toCount: Self.queueCount)
    }

    /// Weight of all entries held.
    public var totalWeight: Int { queues.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        queues.storageBytes + uses.storageBytes + nextExpiries.storageBytes + ghost.storageBytes
    }

    /// Evicts until the newcomer fits, then puts it in the queue of what it is remembered for.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        let fingerprint = Ghost.fingerprint(of: access.hash)
        let fits = Int(access.weight) <= totalWeight + room
        let remembered = fits ? ghost.removeNote(of: fingerprint) : nil
        guard makeRoom(for: slot, weight: access.weight, room: room, evicting: &victims)
        else { return }
        let frequency = min(UInt32(remembered ?? 0) + 1, Self.frequencyMax)
        queues.insert(slot, weight: access.weight, in: Self.queue(of: frequency))
        if slot.index >= uses.count { uses.grow(toCount: slot.index + 1) }
        uses[slot.index] = Use(fingerprint: fingerprint, bits: bits(frequency))
        advance()
    }

    /// Counts the use, and puts the entry first in the queue of its frequency.
    ///
    /// - Complexity: O(queues).
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        queues.setWeight(of: slot, to: access.weight)
        let frequency = min(uses[slot.index].frequency + 1, Self.frequencyMax)
        queues.move(slot, to: Self.queue(of: frequency))
        uses[slot.index].bits = bits(frequency)
        advance()
    }

    /// Takes the entry out of its queue. The ghost remembers it if it was the coldest.
    public mutating func remove(_ slot: SlotID) {
        let limit = Self.ghostShare * queues.count
        queues.remove(slot)
        guard slot == candidate else { return }
        candidate = .none
        let use = uses[slot.index]
        ghost.insert(
            use.fingerprint, note: UInt8(use.frequency),
            limit: Ghost.Limit(weight: .max, entries: limit, expectedEntries: limit))
    }

    /// The least recently used entry of the lowest queue that has any.
    public mutating func coldest() -> SlotID? {
        for queue in 0..<Self.queueCount {
            guard let slot = queues.last(of: queue) else { continue }
            candidate = slot
            return slot
        }
        return nil
    }

    private static func queue(of frequency: UInt32) -> Int {
        UInt32.bitWidth - 1 - frequency.leadingZeroBitCount
    }

    private func bits(_ frequency: UInt32) -> UInt32 {
        frequency | (now &+ lifetime) << 8
    }

    /// Whether the time `expiry` is over.
    private func isOver(_ expiry: UInt32) -> Bool {
        (now &- expiry &- 1) & Self.timeMask < Self.timeMask / 2
    }

    /// Lets time pass. Of each queue but the lowest, the last falls if it has expired.
    private mutating func advance() {
        now = (now &+ 1) & Self.timeMask
        for queue in 1..<Self.queueCount where isOver(nextExpiries[queue]) { dropLast(of: queue) }
    }

    private mutating func dropLast(of queue: Int) {
        if let slot = queues.last(of: queue), isOver(uses[slot.index].expiry) {
            queues.move(slot, to: queue - 1)
            uses[slot.index].bits = bits(uses[slot.index].frequency)
        }
        // What enters an empty queue expires a life time from now at the earliest.
        let expiry = queues.last(of: queue).map { uses[$0.index].expiry }
        nextExpiries[queue] = expiry ?? (now &+ lifetime) & Self.timeMask
    }
}

extension MultiQueue {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: queues and ghost are sound, no entry is in a queue above
    ///   its frequency, and none expires before it is looked for.
    public func checkInvariants() throws(InvariantViolation) {
        try queues.checkInvariants()
        try ghost.checkInvariants()
        for queue in 1..<Self.queueCount {
            for slot in queues.slots(of: queue) {
                let use = uses[slot.index]
                try InvariantViolation.check(
                    queue <= Self.queue(of: use.frequency), "\(slot) is in a queue above its own")
                let wait = (use.expiry &- nextExpiries[queue]) & Self.timeMask
                try InvariantViolation.check(
                    wait < Self.timeMask / 2, "\(slot) expires before it is looked for")
            }
        }
    }
}
