import LarderCore
import LarderPolicy

// What is done a little at a time, between requests and along with them.
extension ShardState {
    /// Spare slabs that a shard keeps for its next allocations: more go back to the system.
    private static var spareMax: Int { 4 }

    @inline(__always)
    func isDead(_ space: UInt16) -> Bool {
        deadSpaces[Int(space) >> 6] & 1 << UInt64(space & 63) != 0
    }

    /// Makes `fresh` the key space of `database`; what is in the old one is dead.
    mutating func flush(_ database: Int, to fresh: UInt16) {
        let old = spaces[database]
        spaces[database] = fresh
        markDead(old)
    }

    private mutating func markDead(_ space: UInt16) {
        let count = Int(spaceCounts[Int(space)])
        guard count > 0 else { return }
        deadSpaces[Int(space) >> 6] |= 1 << UInt64(space & 63)
        deadEntryCount += count
        sweepSlotsLeft = slots.count
    }

    /// An entry of `space` is gone.
    mutating func countRemoval(from space: UInt16) {
        spaceCounts[Int(space)] -= 1
        guard isDead(space) else { return }
        deadEntryCount -= 1
        if spaceCounts[Int(space)] == 0 {
            deadSpaces[Int(space) >> 6] &= ~(1 << UInt64(space & 63))
        }
    }

    /// Looks at up to `slotLimit` slots for entries of dead key spaces, and removes those.
    ///
    /// - Returns: Whether one was removed.
    mutating func sweep(slotLimit: Int) -> Bool {
        // Slots that were added since the flush may have been looked at in the place of others.
        if sweepSlotsLeft == 0, deadEntryCount > 0 { sweepSlotsLeft = slots.count }
        var isFreed = false
        for _ in 0..<min(slotLimit, sweepSlotsLeft) where deadEntryCount > 0 {
            sweepSlotsLeft -= 1
            sweepPosition = (sweepPosition > 0 ? sweepPosition : slots.count) - 1
            let slot = UInt32(sweepPosition)
            guard slots.isLive(slot) else { continue }
            let found = Found(slot: slot, block: block(of: slot))
            guard isDead(found.block.header.space) else { continue }
            remove(found, hash(of: slot))
            isFreed = true
        }
        return isFreed
    }

    /// Moves one bucket of a table that changes its size, or begins such a change.
    mutating func stepIndex() {
        if index.isMigrating {
            index.migrateBucket(slots, arena, hasher)
            return
        }
        if index.isReleasing { return index.releaseSlice() }
        guard let wanted = index.wantedBucketCount else { return }
        let bytes = TagTable.byteCount(bucketCount: wanted)
        if makeCredit(bytes) {
            index.beginMigration(toBucketCount: wanted)
            settleOverhead()
        }
    }

    /// Collects credit for a new table, one step a call.
    private mutating func makeCredit(_ byteCount: Int) -> Bool {
        let missing = byteCount + Self.creditMin - credit
        guard missing > 0 else { return true }
        if budget.reserve(missing) {
            credit += missing
            return true
        }
        if arena.discardSpare() {
            credit += SizeClasses.slabBytes
            return false
        }
        var ignored = false
        _ = reclaim(protecting: nil, wasUnheld: &ignored)
        return false
    }

    /// One bounded step of everything.
    ///
    /// - Returns: Whether more waits.
    mutating func housekeep(at now: Moment, limit: Int) -> Bool {
        var isMore = expireDue(at: now, limit: limit)
        if takeReturnedPieces(limit: limit) { isMore = true }
        if deadEntryCount > 0 {
            _ = sweep(slotLimit: limit)
            isMore = isMore || deadEntryCount > 0
        }
        if !bans.isEmpty {
            sweepBans(limit: limit, at: now)
            isMore = isMore || !bans.isEmpty
        }
        for _ in 0..<(limit / 16) where index.isMigrating { stepIndex() }
        if index.isReleasing || index.wantedBucketCount != nil { stepIndex() }
        isMore = isMore || index.isMigrating || index.isReleasing
        if arena.spareCount > Self.spareMax, arena.discardSpare() {
            budget.release(SizeClasses.slabBytes)
            isMore = true
        }
        if budget.available < 0, giveSlab(stepMax: limit) != .nothing { isMore = true }
        if slots.liveCount == 0 {
            bans.endAll()
            startAfresh()
        }
        settleOverhead()
        return isMore
    }

    /// Slots below which the tables of an empty shard are not worth their replacement.
    private static var freshSlotMin: Int { 4096 }

    /// Lets the tables of a shard without entries go when memory is scarce, as it is when the limit
    /// was lowered: they are as large as the most entries ever were, and would leave no room.
    private mutating func startAfresh() {
        guard slots.count >= Self.freshSlotMin, budget.available < budget.limit / 8 else { return }
        precondition(index.count == 0 && deadEntryCount == 0, "An entry has a slot.")
        index = HashIndex()
        slots = SlotTable()
        driver = PolicyDriver(policyKind)
        sweepSlotsLeft = 0
        sweepPosition = 0
    }
}
