public import LarderCore

/// The least recently used entry leaves: a hit moves its entry to the front.
///
/// What most caches do, and what programs were tuned for. It writes three cache lines on a hit, and
/// one scan replaces everything it holds.
public struct Lru: Policy, ~Copyable {
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

    /// Evicts the least recently used until the newcomer fits.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        list.admit(slot, weight: access.weight, room: room, evicting: &victims)
    }

    /// Moves the entry to the front.
    @inlinable public mutating func touch(_ slot: SlotID, _ access: Access) {
        list.setWeight(of: slot, to: access.weight)
        list.moveToFront(slot)
    }

    /// Takes the entry out of the queue.
    public mutating func remove(_ slot: SlotID) {
        list.remove(slot)
    }

    /// The least recently used entry.
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
