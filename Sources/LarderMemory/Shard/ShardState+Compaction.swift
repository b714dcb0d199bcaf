import LarderCore
import LarderPolicy

// Making whole slabs out of scattered free blocks.
extension ShardState {
    /// Empties the sparsest slab of the class with the most free blocks, by moving its entries.
    ///
    /// - Returns: Whether a slab became spare.
    mutating func compact() -> Bool {
        guard promises.blockCount == 0 else { return false }
        let sizeClass = arena.roomiestClass()
        let usable = arena.blocksPerSlab(sizeClass) * arena.classes.sizes[sizeClass]
        guard arena.freeBytes[sizeClass] >= usable,
            let slab = arena.beginEvacuation(of: sizeClass)
        else { return false }
        let before = arena.spareCount
        _ = evacuate(slab, of: sizeClass)
        arena.endEvacuation(of: slab)
        guard arena.spareCount > before else { return false }
        statistics.compactions += 1
        return true
    }

    /// Moves blocks of a slab away while there is a place for them.
    ///
    /// - Returns: The number of the first block that could not be moved.
    private mutating func evacuate(_ slab: UInt32, of sizeClass: Int) -> Int {
        arena.markLiveBlocks(of: slab)
        var next = 0
        while let live = arena.liveBlock(from: next, of: slab),
            let target = arena.allocate(sizeClass)
        {
            move(live.ref, to: target)
            next = live.number + 1
        }
        return next
    }

    private func slot(of ref: BlockRef) -> UInt32 {
        let hash = hasher.hash(arena.block(ref).key)
        let slot = index.find(hash) { slots[$0] == ref }
        guard let slot else { preconditionFailure("A live block belongs to a slot.") }
        return slot
    }

    private mutating func move(_ ref: BlockRef, to target: BlockRef) {
        let (old, new) = (arena.block(ref), arena.block(target))
        let slot = slot(of: ref)
        new.copy(from: old, at: 0, to: 0, byteCount: old.header.byteCount)
        slots[slot] = target
        arena.freeEvacuated(ref)
    }

    /// Empties the sparsest slab of the class with the most free blocks: moves the entries for
    /// which there are free blocks elsewhere, and evicts the others but `protected`.
    ///
    /// - Returns: Whether anything was freed.
    mutating func clearSlab(protecting protected: UInt32?) -> Bool {
        let sizeClass = arena.roomiestClass()
        guard promises.blockCount == 0, shared.limits.evicts,
            let slab = arena.beginEvacuation(of: sizeClass)
        else {
            return false
        }
        let evictions = statistics.evictions
        var next = evacuate(slab, of: sizeClass)
        arena.endEvacuation(of: slab)
        while let live = arena.liveBlock(from: next, of: slab) {
            let slot = slot(of: live.ref)
            if slot != protected {
                driver.remove(SlotID(rawValue: slot))
                evict(slot)
            }
            next = live.number + 1
            // Once the last block is free, the slab has no class any more.
            guard arena.slabs[Int(slab)].owner == arena.number else { break }
        }
        statistics.compactions += 1
        return arena.hasSpare || statistics.evictions > evictions
    }
}
