import LarderCore
import LarderPolicy

/// What a write stores beside key and value.
struct EntryAttributes {
    var expiry = Moment.never
    var flags: UInt32 = 0
    var marks: EntryMarks = []
    /// Time of the write.
    let written: Moment
    /// Store a version now, since whoever writes so will ask for it.
    var isVersioned = false
    /// A version that the entry brings along.
    var version: UInt64 = 0
    /// The shard has a provenance for it. Only numbers here: attributes that hold a reference cost
    /// a write a fifth more.
    private(set) var hasPart = false
    private(set) var tailByteCount = 0
    private(set) var cost: UInt32 = 0
    private(set) var priority = Priority.normal

    init(
        expiry: Moment, flags: UInt32, marks: EntryMarks = [], written: Moment,
        isVersioned: Bool = false, version: UInt64 = 0
    ) {
        (self.expiry, self.flags, self.marks) = (expiry, flags, marks)
        (self.written, self.version) = (written, version)
        self.isVersioned = isVersioned || version != 0
    }

    /// Notes what the provenance says that goes along.
    mutating func note(_ part: ProvenancePart) {
        hasPart = true
        let tail = part.tail
        (tailByteCount, expiry) = (tail.tags.count + tail.validator.count, part.provenance.end)
        (cost, priority) = (part.provenance.cost, part.provenance.priority)
    }

    var shape: EntryHeader.Shape {
        var shape: EntryHeader.Shape = []
        if expiry != .never { shape.insert(.expiry) }
        if isVersioned { shape.insert(.version) }
        if flags != 0 { shape.insert(.flags) }
        if hasPart { shape.insert(.provenance) }
        return shape
    }
}

/// How a write ended.
public enum PutOutcome: Sendable {
    /// The value is stored; or the policy would not have kept it, and it has already left.
    case stored
    /// Nothing may be evicted, and there is no memory.
    case outOfMemory
    /// The value or the key is larger than the store takes.
    case tooLarge
}

extension ShardState {
    /// Stores `value` for `key`, whose entry so far is `found`.
    mutating func put(
        _ value: RawSpan, for key: RawSpan, _ hash: UInt64, _ space: UInt16, over found: Found?,
        _ attributes: EntryAttributes
    ) -> PutOutcome {
        guard key.byteCount <= EntryHeader.keyLengthMax, shared.takes(value.byteCount) else {
            return .tooLarge
        }
        assert(!arena.contains(value), "A value is copied out before it is stored elsewhere.")
        if bans.isInterested, needsDate(attributes, key, space) {
            return put(value, for: key, hash, space, over: found, dated(attributes, key, space))
        }
        statistics.writes += 1
        let shape = attributes.shape
        let valueLength = value.byteCount + attributes.tailByteCount
        let size = shape.byteCount + key.byteCount + valueLength
        guard size <= SizeClasses.inlineMax else {
            return putLarge(value, for: key, hash, space, over: found, attributes)
        }
        let header = EntryHeader(
            keyLength: key.byteCount, valueLength: valueLength, space: space, shape: shape,
            marks: attributes.marks, accessed: attributes.written)
        return place(header, value, for: key, hash, over: found, attributes, extraWeight: 0)
    }

    /// Puts an entry of any kind in place: over its old block if it has the same class, else into
    /// a new one.
    mutating func place(
        _ header: EntryHeader, _ value: RawSpan, for key: RawSpan, _ hash: UInt64,
        over found: Found?, _ attributes: EntryAttributes, extraWeight: Int
    ) -> PutOutcome {
        let blockBytes = SizeClasses.blockBytes(for: header.byteCount)
        let weight = blockBytes + extraWeight
        if let found,
            SizeClasses.blockBytes(for: found.block.header.byteCount) == blockBytes
        {
            detach(found)
            fill(found.slot, found.block, header, value, key, hash, attributes)
            touch(found.slot, hash, weight: weight, attributes)
            return .stored
        }
        let sizeClass = arena.classes.sizeClass(for: header.byteCount)
        guard let found else {
            return insert(header, value, for: key, hash, attributes, sizeClass, weight)
        }
        return replace(found, header, value, for: key, hash, attributes, sizeClass, weight)
    }

    private mutating func insert(
        _ header: EntryHeader, _ value: RawSpan, for key: RawSpan, _ hash: UInt64,
        _ attributes: EntryAttributes, _ sizeClass: Int, _ weight: Int
    ) -> PutOutcome {
        guard prepareInsertion() else { return .outOfMemory }
        let slot = slots.take()
        let owned = weight - arena.classes.sizes[sizeClass]
        let room = room(for: sizeClass, weight: weight, owned: owned)
        guard admit(slot, attributes.access(hash, weight), room: room) else {
            return abandon(slot, isHeld: false)
        }
        var wasUnheld = false
        guard reserveEntry(protecting: slot, wasUnheld: &wasUnheld) else {
            return abandon(slot, isHeld: !wasUnheld)
        }
        guard let ref = allocate(sizeClass, protecting: slot, wasUnheld: &wasUnheld) else {
            shared.limits.releaseEntry()
            return abandon(slot, isHeld: !wasUnheld)
        }
        slots[slot] = ref
        fill(slot, arena.block(ref), header, value, key, hash, attributes)
        index.insert(slot, hash)
        spaceCounts[Int(header.space)] += 1
        if wasUnheld { readmit(slot, hash, weight: weight) }
        settleOverhead()
        return .stored
    }

    /// Gives up an insertion: the newcomer leaves before it came.
    private mutating func abandon(_ slot: UInt32, isHeld: Bool) -> PutOutcome {
        if isHeld { driver.remove(SlotID(rawValue: slot)) }
        slots.give(slot)
        settleOverhead()
        guard shared.limits.evicts else { return .outOfMemory }
        statistics.refusals += 1
        return .stored
    }

    private mutating func replace(
        _ found: Found, _ header: EntryHeader, _ value: RawSpan, for key: RawSpan,
        _ hash: UInt64, _ attributes: EntryAttributes, _ sizeClass: Int, _ weight: Int
    ) -> PutOutcome {
        touch(found.slot, hash, weight: weight, attributes)
        var wasUnheld = false
        guard let ref = allocate(sizeClass, protecting: found.slot, wasUnheld: &wasUnheld) else {
            guard shared.limits.evicts else {
                let old = block(of: found.slot)
                driver.touch(SlotID(rawValue: found.slot), access(to: old, hash))
                return .outOfMemory
            }
            // The new value does not fit, and the old one is no longer the truth.
            if !wasUnheld { driver.remove(SlotID(rawValue: found.slot)) }
            removeUnheld(found.slot, hash)
            statistics.refusals += 1
            settleOverhead()
            return .stored
        }
        let old = Found(slot: found.slot, block: block(of: found.slot))
        detach(old)
        arena.free(slots[found.slot])
        slots[found.slot] = ref
        fill(found.slot, arena.block(ref), header, value, key, hash, attributes)
        if wasUnheld { readmit(found.slot, hash, weight: weight) }
        settleOverhead()
        return .stored
    }

    /// Writes all parts of an entry, and links it into the wheel.
    private mutating func fill(
        _ slot: UInt32, _ block: Block, _ header: EntryHeader, _ value: RawSpan, _ key: RawSpan,
        _ hash: UInt64, _ attributes: EntryAttributes
    ) {
        noteChange(hash, header.space)
        block.header = header
        let shape = header.shape
        if shape.contains(.version) {
            block.store(nextVersion(atLeast: attributes.version), at: shape.versionOffset)
        }
        if shape.contains(.flags) { block.store(attributes.flags, at: shape.flagsOffset) }
        block.write(key, at: header.keyOffset)
        block.write(value, at: header.valueOffset)
        if shape.contains(.expiry) { link(slot, block, attributes.expiry) }
        if attributes.hasPart { writePart(into: block) }
    }

    /// Asks the policy for a place, and removes what it evicts for it.
    ///
    /// - Returns: Whether the newcomer may stay.
    private mutating func admit(_ slot: UInt32, _ access: Access, room: Int) -> Bool {
        victims.removeAll(keepingCapacity: true)
        driver.admit(SlotID(rawValue: slot), access, room: room, evicting: &victims)
        guard !victims.isEmpty else { return true }
        var isAdmitted = true
        for index in victims.indices {
            if victims[index].rawValue == slot {
                isAdmitted = false
            } else {
                evict(victims[index].rawValue)
            }
        }
        return isAdmitted
    }

    /// Gives an entry back to the policy that had to let it go while room was made for it.
    mutating func readmit(_ slot: UInt32, _ hash: UInt64, weight: Int) {
        let access = access(to: block(of: slot), hash, weight: weight)
        if !admit(slot, access, room: weight) {
            removeUnheld(slot, hash)
        }
    }

    /// A free slot and a free cell in the hash index.
    private mutating func prepareInsertion() -> Bool {
        stepIndex()
        var ignored = false
        while slots.isFull || index.isCrowded {
            guard evictColdest(protecting: nil, wasUnheld: &ignored) else { return false }
        }
        return true
    }

    /// Takes the place of one more entry; if the store has as many as it may, one leaves for it.
    private mutating func reserveEntry(
        protecting slot: UInt32, wasUnheld: inout Bool
    ) -> Bool {
        while !shared.limits.reserveEntry() {
            if takePrepaidEntry() { return true }
            guard shared.limits.evicts else { return false }
            guard
                evictColdest(protecting: slot, wasUnheld: &wasUnheld)
                    || shared.evictFromPeer(of: number)
            else { return false }
        }
        return true
    }

    /// Ends what ties an entry's block to other structures, before it is overwritten or freed.
    mutating func detach(_ found: Found) {
        let shape = found.block.header.shape
        if shape.contains(.expiry) { unlink(found.block) }
        if shape.contains(.large) { dropLargeValue(of: found.block) }
        if shape.contains(.provenance) { countDetached(found.block) }
    }

    /// Removes an entry of which the policy knows.
    mutating func remove(_ found: Found, _ hash: UInt64) {
        driver.remove(SlotID(rawValue: found.slot))
        removeUnheld(found.slot, hash)
        payOverhead()
    }

    /// Removes an entry that the policy has already let go.
    mutating func removeUnheld(_ slot: UInt32, _ hash: UInt64, isChange: Bool = true) {
        let found = Found(slot: slot, block: block(of: slot))
        let space = found.block.header.space
        if isChange { noteChange(hash, space) }
        detach(found)
        index.remove(slot, hash)
        arena.free(slots[slot])
        slots.give(slot)
        countRemoval(from: space)
        shared.limits.releaseEntry()
    }
}
