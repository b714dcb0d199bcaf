import LarderCore

/// The weight of every slot of a shard, and their sum.
///
/// A weight is stored as its difference from 1, and fresh memory is zero: where every entry counts
/// as one, as when a cache is measured in entries, nothing is stored at all.
struct SlotWeights: ~Copyable {
    /// The bits in which the weight differs from 1. Slots beyond the end weigh 1 or are not held.
    private var differences: ReservedArray<UInt32>

    /// Weight of all slots that were added and not taken out.
    private(set) var total = 0

    /// Weights for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as weights other than 1 appear.
    init(slotCapacity: Int) {
        differences = ReservedArray(reserving: slotCapacity)
    }

    /// Bytes of memory held.
    var storageBytes: Int { differences.storageBytes }

    /// The weight of `slot`.
    ///
    /// - Complexity: O(1).
    subscript(slot: SlotID) -> UInt32 {
        slot.index < differences.count ? differences[slot.index] ^ 1 : 1
    }

    /// Adds `slot`, which is not among them.
    ///
    /// - Complexity: O(1).
    mutating func add(_ slot: SlotID, _ weight: UInt32) {
        store(slot, weight)
        total += Int(weight)
    }

    /// Gives `slot`, which is among them, another weight.
    ///
    /// - Complexity: O(1).
    @inline(__always) mutating func set(_ slot: SlotID, _ weight: UInt32) {
        let old = self[slot]
        if weight != old {
            store(slot, weight)
            total += Int(weight) - Int(old)
        }
    }

    /// Takes `slot`, which is among them, out of the sum.
    ///
    /// - Complexity: O(1).
    mutating func takeOut(_ slot: SlotID) {
        total -= Int(self[slot])
    }

    private mutating func store(_ slot: SlotID, _ weight: UInt32) {
        if slot.index >= differences.count {
            guard weight != 1 else { return }
            differences.grow(toCount: slot.index + 1)
        }
        differences[slot.index] = weight ^ 1
    }
}
