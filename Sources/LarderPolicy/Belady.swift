// Belady's MIN: the best that any policy can do with entries of one weight.
//
// The entry leaves that will not be needed for the longest time. That takes a look into the future,
// which a trace has and a server has not: it is the yardstick for the others.
//
//     hit(x), miss(x):  x.next = position of the next request for x, or never
//     victim:           the entry with the greatest next
//
// Where we differ: in nothing that counts. Of entries that are never needed again, it does not
// matter which one leaves first while all weigh the same; ours is the one in the lowest slot. Like
// libCacheSim we let every newcomer in, even if it is needed later than all others. With different
// weights it is no longer the optimum (see BeladySize). Cost and priority are ignored.
//
// [1] L. A. Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems
//     Journal 5(2), 1966, https://doi.org/10.1147/sj.52.0078

public import LarderCore

/// The policy that knows the future [1], for simulations only.
///
/// A heap orders the entries. The next uses of most hits are near, and so are the leaves where
/// their nodes lie: a hit rarely moves its node by more than a level.
public struct Belady: Policy, ~Copyable {
    /// Greatest next use that is told from "never", so that it fits in four bytes: traces have
    /// fewer than 4 thousand million requests.
    private static let nextUseMax = UInt64(UInt32.max) - 1

    private var heap: SlotHeap<FutureNode>
    private var weights: SlotWeights

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        heap = SlotHeap(slotCapacity: slotCapacity)
        weights = SlotWeights(slotCapacity: slotCapacity)
    }

    /// Weight of all entries held.
    public var totalWeight: Int { weights.total }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { heap.storageBytes + weights.storageBytes }

    /// Evicts what is needed last until the newcomer fits.
    ///
    /// - Complexity: O((1 + victims) log entries).
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        guard makeRoom(for: slot, access, room: room, evicting: &victims) else { return }
        heap.insert(Self.node(slot, access))
        weights.add(slot, access.weight)
    }

    /// Notes when the entry is needed next.
    ///
    /// - Complexity: O(log entries).
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        heap.update(Self.node(slot, access))
        weights.set(slot, access.weight)
    }

    /// Forgets the entry.
    ///
    /// - Complexity: O(log entries).
    public mutating func remove(_ slot: SlotID) {
        heap.remove(slot)
        weights.takeOut(slot)
    }

    /// The entry that is needed last, if ever.
    public mutating func coldest() -> SlotID? { heap.first?.slot }

    private static func node(_ slot: SlotID, _ access: Access) -> FutureNode {
        FutureNode(slot, nextUse: access.nextUse > nextUseMax ? .max : UInt32(access.nextUse))
    }
}

extension Belady: SelfEvicting {
    /// For tests.
    ///
    /// - Complexity: O(slots), and allocates.
    /// - Throws: The first broken promise: the heap is one, and weights add up.
    public func checkInvariants() throws(InvariantViolation) {
        try heap.checkInvariants()
        let sum = heap.slots().reduce(0) { $0 + Int(weights[$1]) }
        try InvariantViolation.check(sum == weights.total, "weights sum to \(sum)")
    }
}

/// A slot and its next use in one word, compared at once: the next use above, with all bits
/// inverted so that the last comes first, and below the slot.
struct FutureNode: SlotHeapNode {
    private let bits: UInt64

    init(_ slot: SlotID, nextUse: UInt32) {
        bits = UInt64(~nextUse) << 32 | UInt64(slot.rawValue)
    }

    var slot: SlotID { SlotID(rawValue: UInt32(truncatingIfNeeded: bits)) }

    func isBefore(_ other: FutureNode) -> Bool { bits < other.bits }
}
