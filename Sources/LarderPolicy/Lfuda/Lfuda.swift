// LFU-DA: least frequently used, with an age that newcomers start from.
//
// Under LFU an entry that was popular once never leaves. Here the cache has an age: the priority of
// the entry that was evicted last. It is added to the frequency of whatever comes or is used, so an
// entry must be used now and then to keep ahead of the newcomers, and nothing is to be tuned.
//
//     hit(x):   x.frequency += 1; x.priority = x.frequency + age
//     miss(x):  while x does not fit: evict the y of least priority; age = y.priority
//               x.frequency = 1; x.priority = 1 + age
//
// Priorities only rise while an entry is held. So a hit notes the new one and leaves the heap as it
// is; what reaches its top with a priority that has risen since is put in its place then.
//
// Where we differ: the paper does not say which one of least priority leaves; here it is the least
// recently used. Entries have weights, so one newcomer may evict several, and one that is heavier
// than the capacity is refused. The cost of an entry is 1, as the paper has it for hit ratios; cost
// and priority of accesses are ignored.
//
// libCacheSim's policy of this name is another one, so hit ratios differ: there a hit adds the age
// to the priority that the entry has, and nothing for the hit, where the paper adds it to the
// frequency. Priorities then grow by leaps, and the search for the next one walks over the gaps. At
// 30 public points ours has 2.8 points more hits on average (from 2.6 less to 32.6 more); at 10
// others libCacheSim did not come to an end in six seconds.
//
// [1] M. Arlitt, L. Cherkasova, J. Dilley, R. Friedrich, T. Jin, Evaluating Content Management
//     Techniques for Web Proxy Caches, HPL-98-173, 1999,
//     https://www.hpl.hp.com/techreports/98/HPL-98-173.html

public import LarderCore

/// The LFU-DA eviction policy [1]: frequency, of which the past counts less and less.
public struct Lfuda: Policy, ~Copyable {
    /// What is known of a slot. All of it in one cache line, as a hit reads and writes most.
    struct Entry: BitwiseCopyable {
        /// Priority above, time of the last use below.
        private var rankHigh: UInt32
        private var rankLow: UInt32
        var weight: UInt32
        /// Uses since it came; 0 when it is not held.
        var frequency: UInt32
        /// Of its node in the heap.
        var position: UInt32

        init(rank: UInt64, weight: UInt32) {
            (rankHigh, rankLow) = (UInt32(rank >> 32), UInt32(truncatingIfNeeded: rank))
            (self.weight, frequency, position) = (weight, 1, 0)
        }

        var rank: UInt64 {
            get { UInt64(rankHigh) << 32 | UInt64(rankLow) }
            set {
                (rankHigh, rankLow) = (UInt32(newValue >> 32), UInt32(truncatingIfNeeded: newValue))
            }
        }
    }

    /// Bytes of storage per slot.
    public static var bytesPerSlot: Int { MemoryLayout<Entry>.stride + RankHeap.bytesPerSlot }

    /// Half of what a priority can be, so that the age has the other half.
    static let frequencyMax: UInt32 = 1 << 31

    var entries: ReservedArray<Entry>
    /// The slots by rank, as it was when they were last moved in it.
    var heap: RankHeap
    /// Priority of what was evicted last.
    var age: UInt32 = 0
    /// Number of uses so far.
    private var now: UInt32
    /// What `coldest` answered last, while it is held, and its priority then.
    private var candidate = SlotID.none
    private var candidatePriority: UInt32 = 0

    /// Weight of all entries held.
    public private(set) var totalWeight = 0

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, now: 0)
    }

    /// An empty policy whose time begins at `now`.
    init(slotCapacity: Int, now: UInt32) {
        entries = ReservedArray(reserving: slotCapacity)
        heap = RankHeap(slotCapacity: slotCapacity)
        self.now = now
    }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { entries.storageBytes + heap.storageBytes }

    /// Evicts until the newcomer fits, and gives it the priority of the age and 1.
    ///
    /// - Complexity: Amortised O(log entries) per victim.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(!holds(slot), "A slot is admitted once.")
        let limit = totalWeight + room
        let weight = Int(access.weight)
        guard weight <= limit else {
            evict(downTo: limit, into: &victims)
            victims.append(slot)
            return
        }
        evict(downTo: limit - weight, into: &victims)
        if slot.index >= entries.count { entries.grow(toCount: slot.index + 1) }
        let rank = nextRank(frequency: 1)
        entries[slot.index] = Entry(rank: rank, weight: access.weight)
        heap.insert(slot, rank: rank, &entries)
        totalWeight += weight
    }

    /// Counts the hit and notes the new priority.
    ///
    /// - Complexity: O(1). Its place in the heap is found when it is asked for.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(holds(slot), "Only a held slot can be touched.")
        let frequency = min(entries[slot.index].frequency + 1, Self.frequencyMax)
        let rank = nextRank(frequency: frequency)
        var entry = entries[slot.index]
        totalWeight += Int(access.weight) - Int(entry.weight)
        entry.weight = access.weight
        entry.frequency = frequency
        entry.rank = rank
        entries[slot.index] = entry
    }

    /// Takes the entry out. If it was the coldest, its priority is the age from now on.
    ///
    /// - Complexity: O(log entries).
    public mutating func remove(_ slot: SlotID) {
        precondition(holds(slot), "Only a held slot can be removed.")
        let entry = entries[slot.index]
        if slot == candidate {
            candidate = .none
            age = candidatePriority
        }
        heap.remove(at: Int(entry.position), &entries)
        entries[slot.index].frequency = 0
        totalWeight -= Int(entry.weight)
    }

    /// The entry of least priority; of several, the one whose last use is longest ago.
    ///
    /// - Complexity: Amortised O(log entries): each hit is put in order once at most.
    public mutating func coldest() -> SlotID? {
        candidate = .none
        while let top = heap.top {
            let rank = entries[top.slot.index].rank
            if rank == top.rank {
                (candidate, candidatePriority) = (top.slot, UInt32(rank >> 32))
                return top.slot
            }
            heap.lowerTop(to: rank, &entries)
        }
        return nil
    }
}

extension Lfuda {
    private func holds(_ slot: SlotID) -> Bool {
        slot.index < entries.count && entries[slot.index].frequency > 0
    }

    /// Rank of an entry that is used now.
    private mutating func nextRank(frequency: UInt32) -> UInt64 {
        if now == .max || age > .max - frequency { renumber() }
        now += 1
        return UInt64(age + frequency) << 32 | UInt64(now)
    }

    /// Makes times and priorities small again, in their order. Once in four billion uses.
    private mutating func renumber() {
        let slots = heap.slots.sorted { entries[$0.index].rank < entries[$1.index].rank }
        heap.removeAll()
        now = 0
        for slot in slots {
            let priority = UInt32(entries[slot.index].rank >> 32) - age
            now += 1
            entries[slot.index].rank = UInt64(priority) << 32 | UInt64(now)
            heap.insert(slot, rank: entries[slot.index].rank, &entries)
        }
        candidatePriority = max(age, candidatePriority) - age
        age = 0
    }

    private mutating func evict(downTo weight: Int, into victims: inout [SlotID]) {
        while totalWeight > weight, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
    }
}

extension Lfuda {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: the heap is sound and knows no rank above the true one,
    ///   and `totalWeight` is the sum.
    public func checkInvariants() throws(InvariantViolation) {
        try heap.checkInvariants(entries)
        var (sum, count) = (0, 0)
        for index in 0..<entries.count where entries[index].frequency > 0 {
            sum += Int(entries[index].weight)
            count += 1
        }
        try InvariantViolation.check(
            sum == totalWeight, "totalWeight is \(totalWeight), but the sum \(sum)")
        try InvariantViolation.check(
            count == heap.slots.count, "\(count) are held, \(heap.slots.count) in the heap")
    }
}
