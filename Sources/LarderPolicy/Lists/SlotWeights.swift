import LarderCore

/// The weight of each slot, which costs nothing while all entries weigh 1, as in most simulations.
struct SlotWeights: ~Copyable {
    /// Less 1, so that zeroed memory, and memory that is not there yet, is a weight of 1.
    private var lessOne: ReservedArray<UInt32>

    /// Weights for the slots `0..<slotCapacity`, all of them 1.
    init(slotCapacity: Int) {
        lessOne = ReservedArray(reserving: slotCapacity)
    }

    /// Bytes of memory held.
    var storageBytes: Int { lessOne.storageBytes }

    /// - Complexity: O(1).
    subscript(slot: SlotID) -> UInt32 {
        get { slot.index < lessOne.count ? lessOne[slot.index] &+ 1 : 1 }
        set {
            if slot.index >= lessOne.count {
                guard newValue != 1 else { return }
                lessOne.grow(toCount: slot.index + 1)
            }
            lessOne[slot.index] = newValue &- 1
        }
    }
}
