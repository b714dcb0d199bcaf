import LarderCore

/// What a write needs, taken before it is carried out: for writes that must all succeed or none.
public struct PutPromise {
    fileprivate let block: BlockRef?
    fileprivate let hasEntry: Bool
}

/// The answer to a demand for a promise.
public enum PromiseOutcome {
    case promised(PutPromise)
    case refused(PutOutcome)
}

/// What a shard has promised to writes that are under way.
struct Promises {
    /// Blocks that have no entry yet. While there are any, entries are not moved about: whoever
    /// empties a slab looks for the entry of each block.
    var blockCount = 0
    /// Places of entries, in the store and in the tables.
    var entryCount = 0
    /// What the write at hand may use.
    var prepaidBlock: BlockRef?
    var hasPrepaidEntry = false
}

// Only for stores that may not evict: where entries may leave, every write has room.
extension ShardState {
    /// Takes what storing `valueLength` bytes for a key needs that says no expiry, without flags.
    mutating func promise(
        key: RawSpan, in space: UInt16, valueLength: Int, isLarge: Bool, over found: Found?
    ) -> PromiseOutcome {
        var shape: EntryHeader.Shape = isLarge ? .large : []
        if !bans.isEmpty, bans.hasMatch(key, space) { shape.insert(.provenance) }
        if slidingNamespace(key, space) != 0 { shape.formUnion([.provenance, .expiry]) }
        if unsaidExpiry(key, space, at: Moment(milliseconds: 0)) != .never {
            shape.insert(.expiry)
        }
        let byteCount = shape.byteCount + key.byteCount + (isLarge ? 4 : valueLength)
        var isHeld = false
        if let found {
            let bytes = SizeClasses.blockBytes(for: found.block.header.byteCount)
            isHeld = bytes == SizeClasses.blockBytes(for: byteCount)
        }
        guard !isHeld else { return .promised(PutPromise(block: nil, hasEntry: false)) }
        guard found != nil || takeEntry() else { return .refused(.outOfMemory) }
        var ignored = false
        let sizeClass = arena.classes.sizeClass(for: byteCount)
        guard let block = allocate(sizeClass, protecting: nil, wasUnheld: &ignored) else {
            if found == nil { returnEntry() }
            return .refused(.outOfMemory)
        }
        promises.blockCount += 1
        return .promised(PutPromise(block: block, hasEntry: found == nil))
    }

    /// Makes what was promised available to the write that follows at once.
    mutating func redeem(_ promise: PutPromise) {
        promises.prepaidBlock = promise.block
        promises.hasPrepaidEntry = promise.hasEntry
        if promise.hasEntry { promises.entryCount -= 1 }
    }

    /// The block that was promised, if it is of this class.
    mutating func takePrepaidBlock(_ sizeClass: Int) -> BlockRef? {
        guard let block = promises.prepaidBlock,
            arena.byteCount(block) == arena.classes.sizes[sizeClass]
        else { return nil }
        promises.prepaidBlock = nil
        promises.blockCount -= 1
        return block
    }

    mutating func takePrepaidEntry() -> Bool {
        defer { promises.hasPrepaidEntry = false }
        return promises.hasPrepaidEntry
    }

    /// Ends a write that had a promise, or gives that up.
    mutating func returnPrepaid() {
        if let block = promises.prepaidBlock {
            promises.prepaidBlock = nil
            promises.blockCount -= 1
            arena.free(block)
        }
        if takePrepaidEntry() { shared.limits.releaseEntry() }
        settleOverhead()
    }

    /// Takes the place of an entry in the store and in the tables.
    private mutating func takeEntry() -> Bool {
        guard slots.liveCount + promises.entryCount < SlotTable.countMax,
            index.hasRoom(for: promises.entryCount + 1) || canGrow, shared.limits.reserveEntry()
        else { return false }
        promises.entryCount += 1
        return true
    }

    private mutating func returnEntry() {
        promises.entryCount -= 1
        shared.limits.releaseEntry()
    }

    /// Whether there is memory for a table that holds all entries and those promised.
    private var canGrow: Bool {
        let cells = 2 * (index.count + promises.entryCount + 1)
        let bytes = TagTable.byteCount(bucketCount: cells / TagTable.cellsPerBucket + 1)
        return budget.available >= 2 * bytes
    }
}

extension KeyAccess {
    /// Takes what storing `byteCount` bytes needs, whose pieces are there already if it `isLarge`.
    /// If the key `isRepeated` it is written before, so that its entry may be another then.
    public mutating func promise(
        byteCount: Int, isLarge: Bool, isRepeated: Bool
    ) -> PromiseOutcome {
        promise(byteCount, isLarge, over: isRepeated ? nil : currentEntry)
    }

    /// Carries out a write that has a promise.
    public mutating func put(
        redeeming promise: PutPromise, _ write: (inout KeyAccess) -> PutOutcome
    ) -> PutOutcome {
        redeem(promise)
        let outcome = write(&self)
        returnPrepaid()
        return outcome
    }

    /// Gives back what was promised.
    public mutating func cancel(_ promise: PutPromise) {
        redeem(promise)
        returnPrepaid()
    }
}
