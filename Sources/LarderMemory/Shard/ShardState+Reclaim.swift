import LarderCore
import LarderPolicy

// Where memory comes from: a free block, a spare slab, the budget; then what is dead, then what is
// scattered, then the coldest entry. Each step is bounded.
extension ShardState {
    /// Steps after which an allocation gives up. Each frees at least one entry or moves one slab,
    /// and a slab of the smallest entries has 2,730.
    private static var reclaimMax: Int { 8192 }
    /// Dead entries looked at in one step.
    private static var sweepStep: Int { 64 }

    /// A block of `sizeClass`.
    ///
    /// - Parameters:
    ///   - sizeClass: Class of the block.
    ///   - protected: An entry that must stay; it leaves the policy instead.
    ///   - wasUnheld: Set when `protected` has left the policy: the caller admits it again.
    /// - Returns: `nil` when nothing more can be freed.
    mutating func allocate(
        _ sizeClass: Int, protecting protected: UInt32?, wasUnheld: inout Bool
    ) -> BlockRef? {
        for step in 0..<Self.reclaimMax {
            if let ref = arena.allocate(sizeClass) { return ref }
            if let ref = takePrepaidBlock(sizeClass) { return ref }
            if arena.hasSpare {
                arena.assignSpare(to: sizeClass)
            } else if takeReturnedPieces(limit: 256) || addSlab() {
                // What was used before is in the caches, and its pages are there.
                continue
            } else if isPoor, shared.takeFromPeer(of: number, holdingMoreThan: fairSlabCount) {
                continue
            } else if !reclaim(step, protecting: protected, wasUnheld: &wasUnheld) {
                guard shared.takeFromPeer(of: number, holdingMoreThan: 0) else { return nil }
            }
        }
        return nil
    }

    /// One more slab, if the budget has it.
    private mutating func addSlab() -> Bool {
        guard budget.reserve(SizeClasses.slabBytes) else { return false }
        if arena.addSlab() { return true }
        budget.release(SizeClasses.slabBytes)
        return false
    }

    /// Slabs that a shard would hold if all held the same.
    @inline(__always)
    private var fairSlabCount: Int {
        budget.limit / SizeClasses.slabBytes / shared.limits.shardCount
    }

    /// Less than half a fair share: others should give before this shard evicts its own.
    @inline(__always)
    private var isPoor: Bool { arena.heldCount < fairSlabCount / 2 }

    /// Whether a slab was given back to the budget.
    enum Gift {
        case given
        /// Something was freed for it; another step may do it.
        case notYet
        case nothing
    }

    /// Gives one slab back to the budget, in at most `stepMax` steps.
    mutating func giveSlab(stepMax: Int = reclaimMax) -> Gift {
        var ignored = false
        for step in 0..<stepMax {
            if arena.discardSpare() {
                budget.release(SizeClasses.slabBytes)
                return .given
            }
            guard reclaim(step, protecting: nil, wasUnheld: &ignored) else { return .nothing }
        }
        return .notYet
    }

    /// Evictions by which a slab is looked for; if their blocks are of too many sizes to make one,
    /// a slab is cleared, so that no allocation evicts more than this and a slab.
    private static var gentleStepMax: Int { 128 }

    /// Frees something, in one bounded step: the `step`-th of its operation.
    mutating func reclaim(
        _ step: Int = 0, protecting protected: UInt32?, wasUnheld: inout Bool
    ) -> Bool {
        if takeReturnedPieces(limit: 256) { return true }
        if deadEntryCount > 0, sweepForMemory() { return true }
        if isScattered, compact() { return true }
        if step >= Self.gentleStepMax, clearSlab(protecting: protected) { return true }
        return evictColdest(protecting: protected, wasUnheld: &wasUnheld) || compact()
    }

    /// Looks for dead entries; a store that may not evict goes on until it has found one, since it
    /// would refuse a write otherwise although there is room.
    private mutating func sweepForMemory() -> Bool {
        let isFreed = sweep(slotLimit: Self.sweepStep)
        return isFreed || (!shared.limits.evicts && deadEntryCount > 0 && sweepSlotsLeft > 0)
    }

    /// Evicts the coldest entry but `protected`.
    mutating func evictColdest(protecting protected: UInt32?, wasUnheld: inout Bool) -> Bool {
        guard shared.limits.evicts else { return false }
        while let slot = driver.coldest() {
            driver.remove(slot)
            if slot.rawValue == protected {
                wasUnheld = true
                continue
            }
            evict(slot.rawValue)
            return true
        }
        return false
    }

    /// Removes an entry that the policy has let go.
    mutating func evict(_ slot: UInt32) {
        statistics.evictions += 1
        if tells { tellEvicted(block(of: slot)) }
        if !block(of: slot).header.marks.contains(.fetched) { statistics.evictionsUnread += 1 }
        removeUnheld(slot, hash(of: slot))
    }

    /// Free blocks add up to more than the tolerated slack, and those of one class to a slab.
    @inline(__always)
    private var isScattered: Bool {
        guard arena.freeBytesTotal > scatterTolerance + SizeClasses.slabBytes else { return false }
        return arena.freeBytes[arena.roomiestClass()] >= SizeClasses.slabBytes
    }

    /// A sixteenth of what is held, so that compaction finds sparse slabs; at most two slabs, since
    /// an insertion of another size may have to evict as much before it gets its memory.
    @inline(__always)
    private var scatterTolerance: Int {
        min(arena.heldCount * SizeClasses.slabBytes / 16, 2 * SizeClasses.slabBytes)
    }

    /// Free weight as the policy is to see it, for a newcomer of `sizeClass` that needs `weight`,
    /// of which it has `owned` already.
    ///
    /// Never more than it needs: queues then take their shares of what is held, not of memory that
    /// may never be. In S3-FIFO that is 16 bytes for each entry of a store that is not full, all of
    /// which would be in the small queue.
    @inline(__always)
    func room(for sizeClass: Int, weight: Int, owned: Int) -> Int {
        // A policy that may not evict is never asked to: the block alone decides.
        guard shared.limits.evicts else { return weight }
        let others = arena.freeBytesTotal - arena.freeBytes[sizeClass]
        let bytes =
            max(0, budget.available) / shared.limits.shardCount
            + arena.spareCount * SizeClasses.slabBytes + arena.freeBytes[sizeClass]
            + max(0, others - scatterTolerance)
        let entries = shared.limits.entryRoom
        guard entries < Int.max / (1 << 32) else { return min(bytes + owned, weight) }
        guard entries > 0 else { return owned }
        let share = max(1, entries / shared.limits.shardCount)
        return min(min(bytes, share * arena.classes.sizes[sizeClass]) + owned, weight)
    }
}
