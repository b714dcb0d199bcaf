public import LarderCore

/// Slots in an order, with their weights, of which the last is evicted: what FIFO and LRU share.
///
/// Weights lie apart from the links, so that a hit that changes nothing reads 4 bytes.
public struct WeightedList: ~Copyable {
    /// Bytes of storage per slot.
    public static var bytesPerSlot: Int { SlotLinks.bytesPerSlot + MemoryLayout<UInt32>.stride }

    @usableFromInline var links: SlotLinks
    /// Newest first.
    @usableFromInline var order: SlotList
    @usableFromInline var weights: ReservedArray<UInt32>

    /// Weight of all slots in the list.
    public private(set) var totalWeight = 0

    /// An empty list for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as slots appear.
    public init(slotCapacity: Int) {
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 1)
        order = links.makeList()
        weights = ReservedArray(reserving: slotCapacity)
    }

    /// Bytes of memory held.
    public var storageBytes: Int { links.storageBytes + weights.storageBytes }

    /// The slot at the end; `nil` when there is none.
    ///
    /// - Complexity: O(1).
    @inlinable public var last: SlotID? { order.last(in: links) }

    /// `Policy.admit` for a policy that evicts the last and refuses only what can never fit.
    ///
    /// - Complexity: O(1 + victims).
    public mutating func admit(
        _ slot: SlotID, weight: UInt32, room: Int, evicting victims: inout [SlotID]
    ) {
        let limit = totalWeight + room
        guard Int(weight) <= limit else {
            evict(downTo: limit, into: &victims)
            victims.append(slot)
            return
        }
        evict(downTo: limit - Int(weight), into: &victims)
        order.prepend(slot, in: &links)
        if slot.index >= weights.count { weights.grow(toCount: slot.index + 1) }
        weights[slot.index] = weight
        totalWeight += Int(weight)
    }

    /// Sets the weight of `slot`, which must be in the list.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func setWeight(of slot: SlotID, to weight: UInt32) {
        let old = weights[slot.index]
        if weight != old { changeWeight(of: slot, from: old, to: weight) }
    }

    /// Makes `slot`, which must be in the list, the first.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func moveToFront(_ slot: SlotID) {
        order.moveToFront(slot, in: &links)
    }

    /// Takes `slot`, which must be in the list, out of it.
    ///
    /// - Complexity: O(1).
    public mutating func remove(_ slot: SlotID) {
        order.remove(slot, in: &links)
        totalWeight -= Int(weights[slot.index])
    }

    @usableFromInline mutating func changeWeight(
        of slot: SlotID, from old: UInt32, to new: UInt32
    ) {
        precondition(!links.isFree(slot), "Only a held slot can be touched.")
        weights[slot.index] = new
        totalWeight += Int(new) - Int(old)
    }

    private mutating func evict(downTo weight: Int, into victims: inout [SlotID]) {
        while totalWeight > weight, let victim = last {
            remove(victim)
            victims.append(victim)
        }
    }
}

extension WeightedList {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: the list is sound and `totalWeight` is its sum.
    public func checkInvariants() throws(InvariantViolation) {
        try order.checkInvariants(in: links)
        var sum = 0
        for slot in order.slotsFromLast(in: links) { sum += Int(weights[slot.index]) }
        try InvariantViolation.check(
            sum == totalWeight, "totalWeight is \(totalWeight), but the sum \(sum)")
    }
}
