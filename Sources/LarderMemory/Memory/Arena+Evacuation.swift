import LarderCore

// Emptying a slab: its live blocks are moved to other slabs of their class.
extension Arena {
    /// Whether entries of this class may be moved to another block.
    func isMovable(_ sizeClass: Int) -> Bool { sizeClass < classes.entryClassCount }

    /// The class with the most bytes in free blocks, among those whose blocks may be moved.
    func roomiestClass() -> Int {
        var best = 0
        for sizeClass in 1..<classes.entryClassCount
        where freeBytes[sizeClass] > freeBytes[best] {
            best = sizeClass
        }
        return best
    }

    /// Of up to 64 slabs of the class with a free block, the one with the fewest live blocks,
    /// taken out of the list from which blocks are allocated. The caller moves its blocks away.
    mutating func beginEvacuation(of sizeClass: Int) -> UInt32? {
        var best = Self.noSlab
        var index = partial[sizeClass]
        for _ in 0..<64 where index != Self.noSlab {
            if best == Self.noSlab
                || slabs[Int(index)].liveCount < slabs[Int(best)].liveCount
            {
                best = index
            }
            index = slabs[Int(index)].next
        }
        guard best != Self.noSlab else { return nil }
        unlinkPartial(best)
        return best
    }

    /// Ends an evacuation: puts the slab back among those with free blocks, or retires it when it
    /// has become empty.
    mutating func endEvacuation(of index: UInt32) {
        linkPartial(index)
        if slabs[Int(index)].liveCount == 0 { retire(index) }
    }

    /// Frees a block of a slab under evacuation, which is in no list.
    mutating func freeEvacuated(_ ref: BlockRef) {
        let index = ref.offset / SizeClasses.slabBytes
        pushFree(ref, slab: index)
        let sizeClass = Int(slabs[index].sizeClass)
        count(classes.sizes[sizeClass], sizeClass)
    }

    /// Notes which blocks of a slab are live, for `liveBlock(after:of:)`.
    ///
    /// - Complexity: O(blocks of the slab).
    mutating func markLiveBlocks(of index: UInt32) {
        for word in 0..<isFreeBlock.count { isFreeBlock[word] = 0 }
        let slab = slabs[Int(index)]
        let units = classes.sizes[Int(slab.sizeClass)] >> 3
        var unit = slab.freeHead
        while unit != Slab.none {
            let block = Int(unit) / units
            isFreeBlock[block >> 6] |= 1 << UInt64(block & 63)
            unit = unsafe (slabStart(index) + Int(unit) << 3).load(as: UInt16.self)
        }
    }

    /// The first block at `number` or behind it that was live when the slab was marked; `nil` when
    /// there is no more.
    func liveBlock(from number: Int, of index: UInt32) -> (number: Int, ref: BlockRef)? {
        let slab = slabs[Int(index)]
        let units = classes.sizes[Int(slab.sizeClass)] >> 3
        var number = number
        while number < Int(slab.usedCount) {
            if isFreeBlock[number >> 6] & 1 << UInt64(number & 63) == 0 {
                let first = index * UInt32(SizeClasses.slabBytes >> 3)
                return (number, BlockRef(rawValue: first + UInt32(number * units)))
            }
            number += 1
        }
        return nil
    }

    /// Blocks of a slab that are handed out, counted by its list of free ones.
    ///
    /// - Complexity: O(blocks of the slab).
    func countLiveBlocks(of index: UInt32) -> Int {
        let slab = slabs[Int(index)]
        var live = Int(slab.usedCount)
        var unit = slab.freeHead
        while unit != Slab.none, live >= 0 {
            live -= 1
            unit = unsafe (slabStart(index) + Int(unit) << 3).load(as: UInt16.self)
        }
        return live
    }
}
