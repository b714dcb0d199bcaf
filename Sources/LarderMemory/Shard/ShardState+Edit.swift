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
    ///   - change: Changes bytes, and says whether it did.
    /// - Returns: Whether it was done: not while somebody reads the value, nor when it needs
    ///   another block; the entry may have left then.
    mutating func edit(
        _ found: Found, _ hash: UInt64, length: Int, _ change: (borrowing ValueBytes) -> Bool
    ) -> Bool {
        let header = found.block.header
        guard header.shape.contains(.large) else {
            guard length == header.valueLength else { return false }
            let bytes = unsafe ValueBytes(found.block.valueStart, count: length)
            noteEdit(found, hash, isChanged: change(bytes))
            return true
        }
        let number = found.block.load(header.valueOffset, as: UInt32.self)
        let growth = length - largeValues[number].byteCount
        guard growth <= Self.growthMax, largeValues.isUnshared(number) else { return false }
        var wasUnheld = false
        if growth > 0 {
            guard grow(found.slot, number, to: length, wasUnheld: &wasUnheld) else {
                if wasUnheld {
                    readmit(found.slot, hash, weight: weight(of: block(of: found.slot)))
                }
                settleOverhead()
                return false
            }
        }
        let isChanged = change(ValueBytes(largeValues[number])) || growth > 0
        // Room may have been made by moving the entry.
        let edited = Found(slot: found.slot, block: block(of: found.slot))
        if wasUnheld {
            renewVersion(of: edited.block)
            readmit(found.slot, hash, weight: weight(of: edited.block))
        } else {
            noteEdit(edited, hash, isChanged: isChanged)
        }
        if growth > 0 { settleOverhead() }
        return true
    }

    /// Gives a large value the pieces that it needs for its new length.
    private mutating func grow(
        _ slot: UInt32, _ number: UInt32, to length: Int, wasUnheld: inout Bool
    ) -> Bool {
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
    private mutating func noteEdit(_ found: Found, _ hash: UInt64, isChanged: Bool) {
        touch(found.slot, hash, weight: weight(of: found.block))
        guard isChanged else { return }
        renewVersion(of: found.block)
    }

    private mutating func renewVersion(of block: Block, _ kind: KeyEvent.Kind = .replaced) {
        statistics.writes += 1
        let hash = hasher.hash(block.key)
        bumpGeneration(hash)
        noteChange(hash, block.header.space)
        if tells { tell(kind, block) }
        // A new value: nobody has read it, and it is not out of date.
        block.header.marks.subtract([.fetched, .stale, .won])
        let shape = block.header.shape
        if shape.contains(.version) { block.store(nextVersion(), at: shape.versionOffset) }
    }

    /// Gives an entry to another key space of the same shard, in constant time.
    mutating func move(_ found: Found, _ hash: UInt64, to space: UInt16) {
        let old = found.block.header
        noteChange(hash, old.space)
        if tells { tell(.removed, found.block) }
        let hasExpiry = old.shape.contains(.expiry)
        found.block.header = EntryHeader(
            keyLength: old.keyLength, valueLength: old.valueLength, space: space, shape: old.shape,
            marks: old.marks)
        spaceCounts[Int(space)] += 1
        countRemoval(from: old.space)
        if hasExpiry {
            expiringCounts[Int(old.space)] -= 1
            expiringCounts[Int(space)] += 1
        }
        touch(found.slot, hash, weight: weight(of: found.block))
        renewVersion(of: found.block, .created)
    }
}
