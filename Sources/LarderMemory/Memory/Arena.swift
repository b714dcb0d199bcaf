import LarderCore

/// Place of a block in its shard's arena, in units of 8 bytes: 31 bits reach 16 GiB.
struct BlockRef: Hashable, BitwiseCopyable {
    let rawValue: UInt32

    static var none: BlockRef { BlockRef(rawValue: .max) }

    var offset: Int { Int(rawValue) << 3 }
}

/// Blocks of a few dozen sizes, cut from slabs of 64 KiB.
///
/// It takes whole slabs from the space that it shares with other arenas and gives them back there;
/// the caller reserves them in the budget first. A slab's free blocks are a list threaded through
/// themselves, so a slab costs 16 bytes of bookkeeping.
@safe struct Arena: ~Copyable {
    static var noSlab: UInt32 { Slab.noSlab }

    let space: SlabSpace
    /// Its number among the arenas of the space, from 1.
    let number: UInt8
    private let base: UnsafeMutableRawPointer
    /// This arena uses the rows of its own slabs only.
    let slabs: SlabTable
    let classes = SizeClasses.shared
    /// Per class: first slab with a free block.
    private(set) var partial: FixedArray<UInt32>
    /// Slabs that belong to no class and have memory.
    private var spare = noSlab
    private(set) var spareCount = 0
    /// Per class: bytes in free blocks.
    private(set) var freeBytes: FixedArray<Int>
    /// Bytes in free blocks of all classes.
    private(set) var freeBytesTotal = 0
    /// Slabs that have memory: those in classes, and the spare ones.
    private(set) var heldCount = 0
    private var heldPeak = 0
    /// A bit per block of the slab that is looked at: whether it is free. Reused, so that
    /// compaction allocates nothing.
    var isFreeBlock: FixedArray<UInt64>

    /// An arena with slabs from `space`, in which no other has its number.
    init(_ space: SlabSpace, number: UInt8) {
        self.space = space
        self.number = number
        unsafe base = space.range.base
        slabs = space.table
        partial = FixedArray(repeating: Self.noSlab, count: classes.count)
        freeBytes = FixedArray(repeating: 0, count: classes.count)
        let blocksMax = SizeClasses.slabBytes / classes.sizes[0]
        isFreeBlock = FixedArray(repeating: 0, count: blocksMax / 64 + 1)
    }

    /// An arena with a space of its own.
    init(slabCountMax: Int) {
        self.init(SlabSpace(slabCountMax: slabCountMax), number: 1)
    }

    /// Where the blocks of all arenas of the space are. Readers of large values hold it.
    var range: AddressRange { space.range }

    /// Bytes that say how the slabs are used. Rows stay when slabs go.
    var bookkeepingBytes: Int { heldPeak * MemoryLayout<Slab>.stride }

    /// The block's memory. Valid until the block is freed.
    func block(_ ref: BlockRef) -> Block {
        assert(ref.offset < space.slabCountMax * SizeClasses.slabBytes, "A block is in its arena.")
        return unsafe Block(base + ref.offset)
    }

    /// Whether `bytes` lie in blocks of this arena.
    func contains(_ bytes: RawSpan) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.count > 0 else { return false }
            let offset = unsafe start - UnsafeRawPointer(base)
            return offset >= 0 && offset < space.slabCountMax * SizeClasses.slabBytes
        }
    }

    /// A free block of `sizeClass`; `nil` when the class needs another slab.
    ///
    /// - Complexity: O(1).
    mutating func allocate(_ sizeClass: Int) -> BlockRef? {
        let index = partial[sizeClass]
        guard index != Self.noSlab else { return nil }
        var slab = slabs[Int(index)]
        let unit: Int
        if slab.freeHead != Slab.none {
            unit = Int(slab.freeHead)
            let link = unsafe base + Int(index) * SizeClasses.slabBytes + unit << 3
            slab.freeHead = unsafe link.load(as: UInt16.self)
        } else {
            unit = Int(slab.usedCount) * (classes.sizes[sizeClass] >> 3)
            slab.usedCount += 1
        }
        slab.liveCount += 1
        slabs.update(Int(index)) { $0 = slab }
        if isFull(slab) { unlinkPartial(index) }
        count(-classes.sizes[sizeClass], sizeClass)
        return BlockRef(rawValue: index * UInt32(SizeClasses.slabBytes >> 3) + UInt32(unit))
    }

    /// Takes a block back. A slab without live blocks leaves its class and becomes spare.
    ///
    /// - Complexity: O(1).
    mutating func free(_ ref: BlockRef) {
        let index = UInt32(ref.offset / SizeClasses.slabBytes)
        let slab = slabs[Int(index)]
        precondition(slab.owner == number && slab.liveCount > 0, "Only a live block can be freed.")
        let sizeClass = Int(slab.sizeClass)
        let wasFull = isFull(slab)
        pushFree(ref, slab: Int(index))
        count(classes.sizes[sizeClass], sizeClass)
        if wasFull { linkPartial(index) }
        if slab.liveCount == 1 { retire(index) }
    }

    /// Bytes of the block's class.
    func byteCount(_ ref: BlockRef) -> Int {
        classes.sizes[Int(slabs[ref.offset / SizeClasses.slabBytes].sizeClass)]
    }

    /// Whether a spare slab can be given to a class without asking the budget.
    var hasSpare: Bool { spare != Self.noSlab }

    /// Gives a spare slab to `sizeClass`.
    mutating func assignSpare(to sizeClass: Int) {
        precondition(hasSpare, "There is a spare slab.")
        let index = spare
        spare = slabs[Int(index)].next
        spareCount -= 1
        assign(index, to: sizeClass)
    }

    /// Takes the memory of one more slab, which the budget has granted, as a spare one.
    ///
    /// - Returns: `false` when the range of addresses is used up.
    mutating func addSlab() -> Bool {
        guard let index = space.take() else { return false }
        heldCount += 1
        heldPeak = max(heldPeak, heldCount)
        makeSpare(index)
        return true
    }

    /// Gives the memory of one spare slab back to the system; the caller tells the budget.
    ///
    /// - Complexity: One system call, rarely two.
    mutating func discardSpare() -> Bool {
        guard spare != Self.noSlab else { return false }
        let index = spare
        spare = slabs[Int(index)].next
        spareCount -= 1
        space.give(index)
        heldCount -= 1
        return true
    }

    mutating func pushFree(_ ref: BlockRef, slab index: Int) {
        let head = slabs[index].freeHead
        unsafe (base + ref.offset).storeBytes(of: head, as: UInt16.self)
        slabs.update(index) { slab in
            slab.freeHead = UInt16((ref.offset % SizeClasses.slabBytes) >> 3)
            slab.liveCount -= 1
        }
    }

    func slabStart(_ index: UInt32) -> UnsafeMutableRawPointer {
        unsafe base + Int(index) * SizeClasses.slabBytes
    }

    private func isFull(_ slab: Slab) -> Bool {
        slab.freeHead == Slab.none
            && (Int(slab.usedCount) + 1) * classes.sizes[Int(slab.sizeClass)]
                > SizeClasses.slabBytes
    }

    mutating func count(_ bytes: Int, _ sizeClass: Int) {
        freeBytes[sizeClass] += bytes
        freeBytesTotal += bytes
    }

    private mutating func makeSpare(_ index: UInt32) {
        let slab = Slab(
            freeHead: Slab.none, liveCount: 0, usedCount: 0, sizeClass: 0,
            owner: Slab.nobody,
            previous: Self.noSlab, next: spare)
        slabs.update(Int(index)) { $0 = slab }
        spare = index
        spareCount += 1
    }

    private mutating func assign(_ index: UInt32, to sizeClass: Int) {
        let slab = Slab(
            freeHead: Slab.none, liveCount: 0, usedCount: 0, sizeClass: UInt8(sizeClass),
            owner: number, previous: Self.noSlab, next: Self.noSlab)
        slabs.update(Int(index)) { $0 = slab }
        linkPartial(index)
        count(blocksPerSlab(sizeClass) * classes.sizes[sizeClass], sizeClass)
    }

    mutating func retire(_ index: UInt32) {
        let sizeClass = Int(slabs[Int(index)].sizeClass)
        unlinkPartial(index)
        count(-blocksPerSlab(sizeClass) * classes.sizes[sizeClass], sizeClass)
        makeSpare(index)
    }

    func blocksPerSlab(_ sizeClass: Int) -> Int {
        SizeClasses.slabBytes / classes.sizes[sizeClass]
    }

    mutating func linkPartial(_ index: UInt32) {
        let sizeClass = Int(slabs[Int(index)].sizeClass)
        let head = partial[sizeClass]
        slabs.update(Int(index)) { ($0.previous, $0.next) = (Self.noSlab, head) }
        if head != Self.noSlab { slabs.update(Int(head)) { $0.previous = index } }
        partial[sizeClass] = index
    }

    mutating func unlinkPartial(_ index: UInt32) {
        let slab = slabs[Int(index)]
        if slab.previous == Self.noSlab {
            partial[Int(slab.sizeClass)] = slab.next
        } else {
            slabs.update(Int(slab.previous)) { $0.next = slab.next }
        }
        if slab.next != Self.noSlab {
            slabs.update(Int(slab.next)) { $0.previous = slab.previous }
        }
    }
}
