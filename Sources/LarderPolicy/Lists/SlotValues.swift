import LarderCore

/// Four bytes for every slot of a shard, most of which have the usual value.
///
/// A value is stored as its difference from the usual one, and fresh memory is zero: slots with
/// the usual value, behind the last with another, take no memory.
struct SlotValues: ~Copyable {
    /// The bits in which the value differs from `usual`. Slots beyond the end have that.
    private var differences: ReservedArray<UInt32>
    private let usual: UInt32

    /// Values for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as other values than `usual` appear.
    init(slotCapacity: Int, usual: UInt32) {
        differences = ReservedArray(reserving: slotCapacity)
        self.usual = usual
    }

    /// Bytes of memory held.
    var storageBytes: Int { differences.storageBytes }

    /// The value of `slot`.
    ///
    /// - Complexity: O(1).
    subscript(slot: SlotID) -> UInt32 {
        @inline(__always) get {
            slot.index < differences.count ? differences[slot.index] ^ usual : usual
        }
        set {
            if slot.index >= differences.count {
                guard newValue != usual else { return }
                differences.grow(toCount: slot.index + 1)
            }
            differences[slot.index] = newValue ^ usual
        }
    }
}
