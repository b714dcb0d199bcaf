/// The weight of every slot of a shard, and their sum.
///
/// Where every entry counts as one, as when a cache is measured in entries, nothing is stored.
struct SlotWeights: ~Copyable {
    private var values: SlotValues

    /// Weight of all slots that were added and not taken out.
    private(set) var total = 0

    /// Weights for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as weights other than 1 appear.
    init(slotCapacity: Int) {
        values = SlotValues(slotCapacity: slotCapacity, usual: 1)
    }

    /// Bytes of memory held.
    var storageBytes: Int { values.storageBytes }

    /// The weight of `slot`.
    ///
    /// - Complexity: O(1).
    subscript(slot: SlotID) -> UInt32 { values[slot] }

    /// Adds `slot`, which is not among them.
    ///
    /// - Complexity: O(1).
    mutating func add(_ slot: SlotID, _ weight: UInt32) {
        values[slot] = weight
        total += Int(weight)
    }

    /// Gives `slot`, which is among them, another weight.
    ///
    /// - Complexity: O(1).
    @inline(__always) mutating func set(_ slot: SlotID, _ weight: UInt32) {
        let old = self[slot]
        if weight != old {
            values[slot] = weight
            total += Int(weight) - Int(old)
        }
    }

    /// Takes `slot`, which is among them, out of the sum.
    ///
    /// - Complexity: O(1).
    mutating func takeOut(_ slot: SlotID) {
        total -= Int(self[slot])
    }
}
