// GDSF, greedy dual size frequency: what an entry is worth, and when it was last worth it.
//
// An entry's priority is how often it was used, times what a hit on it saves, per byte. Without
// more, what was popular once would stay for ever. So there is an age that is added whenever a
// priority is set: the priority of what left last. What nobody uses is overtaken by newcomers.
//
//     hit(x):   x.frequency += 1; x.priority = age + x.frequency * worth(x) / weight(x)
//     miss(x):  x.frequency = 1;  x.priority likewise; insert x
//               while too much is held: evict the lowest; age = its priority
//     equal:    the one that was not used for longer
//
// The newcomer is inserted before room is made, as in the paper and in libCacheSim: it is itself
// the victim if all others are worth more. The worth is `Objective`'s, with the cost of a load and
// the priority of the namespace; libCacheSim knows only hits. Where we differ: the age also moves
// when one asks for the coldest and lets it stay, which [2] allows (any age up to the lowest
// priority that is held); and times, which decide between equals, go round after 2^32 accesses.
//
// [1] L. Cherkasova, Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching
//     Policy, HP Laboratories HPL-98-69R1, 1998,
//     https://www.hpl.hp.com/techreports/98/HPL-98-69R1.pdf
// [2] P. Cao and S. Irani, Cost-Aware WWW Proxy Caching Algorithms, USITS 1997,
//     https://www.usenix.org/conference/usits-97/cost-aware-www-proxy-caching-algorithms

public import LarderCore

/// The greedy dual size frequency policy [1]: keeps what saves most per byte.
public struct Gdsf: Policy, ~Copyable {
    private var heap: SlotHeap<WorthNode>
    /// By slot: uses since the admission.
    private var frequencies: ReservedArray<UInt32>
    private var weights: SlotWeights
    private let objective: Objective

    /// Priority of what left last.
    private var age = 0.0
    /// Number of accesses so far, going round.
    private var now: UInt32 = 0

    /// An empty policy for the slots `0..<slotCapacity` that saves misses.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, objective: .hits)
    }

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, objective: Objective) {
        heap = SlotHeap(slotCapacity: slotCapacity)
        frequencies = ReservedArray(reserving: slotCapacity)
        weights = SlotWeights(slotCapacity: slotCapacity)
        self.objective = objective
    }

    /// Weight of all entries held.
    public var totalWeight: Int { weights.total }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        heap.storageBytes + frequencies.storageBytes + weights.storageBytes
    }

    /// Lets the newcomer in, and evicts the lowest until what is left fits.
    ///
    /// - Complexity: O((1 + victims) log entries).
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        let limit = totalWeight + room
        guard Int(access.weight) <= limit else {
            evict(downTo: limit, into: &victims)
            victims.append(slot)
            return
        }
        if slot.index >= frequencies.count { frequencies.grow(toCount: slot.index + 1) }
        frequencies[slot.index] = 1
        weights.add(slot, access.weight)
        heap.insert(node(slot, access, frequency: 1))
        evict(downTo: limit, into: &victims)
    }

    /// Counts the hit and raises the priority.
    ///
    /// - Complexity: O(log entries).
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(heap.contains(slot), "Only a held slot can be touched.")
        let old = frequencies[slot.index]
        let frequency = old == .max ? old : old + 1
        frequencies[slot.index] = frequency
        weights.set(slot, access.weight)
        heap.update(node(slot, access, frequency: frequency))
    }

    /// Forgets the entry.
    ///
    /// - Complexity: O(log entries).
    public mutating func remove(_ slot: SlotID) {
        heap.remove(slot)
        weights.takeOut(slot)
    }

    /// The entry of the lowest priority, to which the age rises.
    public mutating func coldest() -> SlotID? {
        guard let first = heap.first else { return nil }
        age = max(age, first.priority)
        return first.slot
    }

    private mutating func node(
        _ slot: SlotID, _ access: Access, frequency: UInt32
    ) -> WorthNode {
        now &+= 1
        let priority = age + Double(frequency) * objective.density(of: access)
        return WorthNode(priority: priority, time: now, slot: slot)
    }
}

extension Gdsf: SelfEvicting {
    /// For tests.
    ///
    /// - Complexity: O(slots), and allocates.
    /// - Throws: The first broken promise: the heap is one, weights add up, what is held was used.
    public func checkInvariants() throws(InvariantViolation) {
        try heap.checkInvariants()
        let slots = heap.slots()
        let sum = slots.reduce(0) { $0 + Int(weights[$1]) }
        try InvariantViolation.check(sum == weights.total, "weights sum to \(sum)")
        try InvariantViolation.check(
            slots.allSatisfy { frequencies[$0.index] > 0 }, "a held slot was never used")
    }
}

/// A slot, its priority, and when it was last used.
struct WorthNode: SlotHeapNode {
    let priority: Double
    let time: UInt32
    let slot: SlotID

    /// Times go round: the one from which the other is less than half a round away is earlier.
    func isBefore(_ other: WorthNode) -> Bool {
        if priority != other.priority { return priority < other.priority }
        return Int32(bitPattern: time &- other.time) < 0
    }
}
