import LarderCore
import LarderPolicy

/// From slot to block. A slot stays with its entry for life, wherever the block moves.
struct SlotTable: ~Copyable {
    /// 24 bits, as many as a cell of the hash index holds; the last is no slot.
    static var countMax: Int { (1 << 24) - 1 }

    /// Marks a slot without a block; the other bits are the next free slot.
    private static var freeBit: UInt32 { 1 << 31 }
    private static var listEnd: UInt32 { freeBit - 1 }

    private var refs = ReservedArray<UInt32>(reserving: countMax)
    private var freeHead = listEnd
    private(set) var liveCount = 0

    var storageBytes: Int { refs.storageBytes }
    /// Slots that exist, free ones included.
    var count: Int { refs.count }
    var isFull: Bool { liveCount == Self.countMax }

    subscript(slot: UInt32) -> BlockRef {
        get { BlockRef(rawValue: refs[Int(slot)]) }
        set { refs[Int(slot)] = newValue.rawValue }
    }

    /// Whether `slot` has a block.
    func isLive(_ slot: UInt32) -> Bool {
        refs[Int(slot)] & Self.freeBit == 0
    }

    /// A slot without a block yet. There is one unless `isFull`.
    mutating func take() -> UInt32 {
        liveCount += 1
        guard freeHead == Self.listEnd else {
            let slot = freeHead
            freeHead = refs[Int(slot)] & ~Self.freeBit
            return slot
        }
        refs.grow(toCount: refs.count + 1)
        refs[refs.count - 1] = Self.freeBit | Self.listEnd
        return UInt32(refs.count - 1)
    }

    /// Takes a slot back.
    mutating func give(_ slot: UInt32) {
        liveCount -= 1
        refs[Int(slot)] = Self.freeBit | freeHead
        freeHead = slot
    }
}
