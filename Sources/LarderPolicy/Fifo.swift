public import LarderCore

/// First in, first out: a hit changes nothing.
///
/// The yardstick that other policies are measured against, and the cheapest of all. An entry that
/// is overwritten keeps its place, as in the simulators that we compare with.
public struct Fifo: Policy, ~Copyable {
    /// Bytes of storage per slot, for the memory accounting.
    public static var bytesPerSlot: Int { WeightedList.bytesPerSlot }

    @usableFromInline var list: WeightedList

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        list = WeightedList(slotCapacity: slotCapacity)
    }

    /// Weight of all entries held.
    public var totalWeight: Int { list.totalWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { list.storageBytes }

    /// Evicts the oldest until the newcomer fits.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        list.admit(slot, weight: access.weight, room: room, evicting: &victims)
    }

    /// Sets the weight, and nothing else.
    @inlinable public mutating func touch(_ slot: SlotID, _ access: Access) {
        list.setWeight(of: slot, to: access.weight)
    }

    /// Takes the entry out of the queue.
    public mutating func remove(_ slot: SlotID) {
        list.remove(slot)
    }

    /// The oldest entry.
    public mutating func coldest() -> SlotID? {
        list.last
    }

    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise of the list.
    public func checkInvariants() throws(InvariantViolation) {
        try list.checkInvariants()
    }
}
