import LarderCore
import LarderPolicy

// Changing bytes of a value where they lie.
extension ShardState {
    /// Most bytes that a value grows by under the lock: 64 chunks, which take a fraction of a
    /// millisecond to find and to clear.
    private static var growthMax: Int { 512 << 10 }

    /// Changes an entry's value in its place, at its length or, when it is a large one, a little
    /// beyond.
    ///
    /// - Parameters:
    ///   - found: The entry.
    ///   - hash: Hash of its key.
    ///   - length: Bytes that the value is to have; no fewer than it has.
    ///   - now: The time.
    ///   - change: Changes bytes, and says whether it did.
    /// - Returns: Whether the value was changed; `nil` when that cannot be done here: while
    ///   somebody reads the value, and when it needs another block. The entry may have left then.
    mutating func edit(
        _ found: Found, _ hash: UInt64, length: Int, at now: Moment,
        _ change: (borrowing ValueBytes) -> Bool
    ) -> Bool? {
        let header = found.block.header
        guard header.shape.contains(.large) else {
            guard length == found.block.plainValueLength else { return nil }
            let isChanged = change(unsafe ValueBytes(found.block.valueStart, count: length))
            noteEdit(found, hash, isChanged: isChanged, at: now)
            return isChanged
        }
        let number = found.block.load(header.valueOffset, as: UInt32.self)
        let growth = length - largeValues[number].byteCount
        guard growth <= Self.growthMax, largeValues.isUnshared(number) else { return nil }
        var wasUnheld = false
        let hasGrown = grow(found.slot, number, to: length, wasUnheld: &wasUnheld)
        let isChanged = hasGrown && (change(ValueBytes(largeValues[number])) || growth > 0)
        // Room may have been made by moving the entry.
        let edited = Found(slot: found.slot, block: block(of: found.slot))
        noteEdit(edited, hash, isChanged: isChanged, isHeld: !wasUnheld, at: now)
        if wasUnheld { readmit(edited.slot, hash, weight: weight(of: edited.block)) }
        if growth > 0 { settleOverhead() }
        return hasGrown ? isChanged : nil
    }

    /// Gives a large value the pieces that it needs for its new length.
    private mutating func grow(
        _ slot: UInt32, _ number: UInt32, to length: Int, wasUnheld: inout Bool
    ) -> Bool {
        guard length > largeValues[number].byteCount else { return true }
        let old = LargeValue.Layout(byteCount: largeValues[number].byteCount)
        let new = LargeValue.Layout(byteCount: length)
        let chunks = new.chunkCount - old.chunkCount
        let tails = chunks > 0 ? new.tailCount : new.tailCount - old.tailCount
        var blocks: [BlockRef] = []
        blocks.reserveCapacity(chunks + tails)
        for index in 0..<chunks + tails {
            let sizeClass = index < chunks ? arena.classes.chunkClass : arena.classes.tailClass
            guard let ref = allocate(sizeClass, protecting: slot, wasUnheld: &wasUnheld) else {
                for block in blocks { arena.free(block) }
                return false
            }
            blocks.append(ref)
        }
        let left = largeValues[number].grow(to: length, with: blocks, in: arena)
        for block in left { arena.free(block) }
        return true
    }

    /// Does for an entry that was changed in place what a write does.
    private mutating func noteEdit(
        _ found: Found, _ hash: UInt64, isChanged: Bool, isHeld: Bool = true, at now: Moment
    ) {
        if isHeld {
            driver.touch(SlotID(rawValue: found.slot), access(to: found.block, hash))
        }
        guard isChanged else { return }
        let header = found.block.header
        found.block.header = header.edited(at: now)
        if header.shape.contains(.provenance) {
            found.block.markEdited()
            slide(found, at: now)
        }
        statistics.writes += 1
        bumpGeneration(hash)
        noteChange(hash, header.space)
        let shape = header.shape
        if shape.contains(.version) { found.block.store(nextVersion(), at: shape.versionOffset) }
    }

    /// Gives an entry to another key space of the same shard, in constant time.
    mutating func move(_ found: Found, _ hash: UInt64, to space: UInt16, at now: Moment) {
        let old = found.block.header
        found.block.header = old.moved(to: space)
        spaceCounts[Int(space)] += 1
        countRemoval(from: old.space)
        if old.shape.contains(.expiry) {
            expiringCounts[Int(old.space)] -= 1
            expiringCounts[Int(space)] += 1
        }
        noteChange(hash, old.space)
        noteEdit(found, hash, isChanged: true, at: now)
        guard !bans.isEmpty, bans.verdict(on: found.block) == .dead else { return }
        // It comes to where a ban means its key, and is younger there.
        let shape = found.block.header.shape.union(.provenance)
        _ = reshape(found, hash, to: shape, found.block.expiry, at: now)
    }
}
