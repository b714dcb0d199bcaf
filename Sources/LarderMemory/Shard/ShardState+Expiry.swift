import LarderCore
import LarderPolicy

// Entries with an expiry are linked into the list of their time.
extension ShardState {
    /// In `previous`, marks the number of a list: the entry is its first.
    private static var listBit: UInt32 { 1 << 31 }

    func link(_ previous: UInt32, _ next: UInt32, in block: Block) {
        block.store(previous, at: EntryHeader.linksOffset)
        block.store(next, at: EntryHeader.linksOffset + 4)
    }

    /// Stores the expiry and puts the entry at the front of its list.
    mutating func link(_ slot: UInt32, _ block: Block, _ expiry: Moment) {
        block.store(expiry.milliseconds, at: EntryHeader.expiryOffset)
        file(slot, block, expiry)
        expiringCounts[Int(block.header.space)] += 1
        wheel.count += 1
    }

    private mutating func file(_ slot: UInt32, _ block: Block, _ expiry: Moment) {
        let list = wheel.list(for: expiry)
        let head = wheel[head: list]
        link(Self.listBit | UInt32(list), head, in: block)
        if head != TimerWheel.noSlot {
            self.block(of: head).store(slot, at: EntryHeader.linksOffset)
        }
        wheel[head: list] = slot
    }

    private mutating func unfile(_ block: Block) {
        let previous = block.load(EntryHeader.linksOffset, as: UInt32.self)
        let next = block.load(EntryHeader.linksOffset + 4, as: UInt32.self)
        if previous & Self.listBit != 0 {
            wheel[head: Int(previous & ~Self.listBit)] = next
        } else {
            self.block(of: previous).store(next, at: EntryHeader.linksOffset + 4)
        }
        if next != TimerWheel.noSlot {
            self.block(of: next).store(previous, at: EntryHeader.linksOffset)
        }
    }

    /// Takes an entry with an expiry out of its list.
    mutating func unlink(_ block: Block) {
        unfile(block)
        expiringCounts[Int(block.header.space)] -= 1
        wheel.count -= 1
    }

    /// Removes an entry that has expired. Who watches it knows when it did, and is not told.
    mutating func expire(_ found: Found, _ hash: UInt64) {
        statistics.expirations += 1
        if !found.block.header.marks.contains(.fetched) { statistics.expirationsUnread += 1 }
        if tells { tell(.expired, found.block) }
        driver.remove(SlotID(rawValue: found.slot))
        // Else a watch knows when its key expires; but not that of a key that an exchange gave it,
        // or whose end moves.
        let hasPart = found.block.header.shape.contains(.provenance)
        let isChange = shared.moves.isExchanging || hasPart && found.block.isSliding
        removeUnheld(found.slot, hash, isChange: isChange)
        payOverhead()
    }

    /// Removes what has expired, looking at no more than `limit` entries and lists.
    ///
    /// - Returns: Whether more is due.
    mutating func expireDue(at now: Moment, limit: Int) -> Bool {
        guard wheel.count > 0 else {
            wheel.skip(to: now)
            return false
        }
        for _ in 0..<limit {
            guard let due = wheel.dueList(at: now) else { return false }
            let slot = wheel[head: due.list]
            guard slot != TimerWheel.noSlot else {
                wheel.advance(to: now)
                continue
            }
            let block = block(of: slot)
            if !due.isCascade, block.expiry <= now {
                expire(Found(slot: slot, block: block), hash(of: slot))
            } else {
                unfile(block)
                file(slot, block, block.expiry)
            }
        }
        return true
    }

    /// Changes when an entry expires; `.never` takes its expiry away.
    ///
    /// - Returns: `false` when there was no memory for the longer entry.
    mutating func setExpiry(_ expiry: Moment, of found: Found, _ hash: UInt64) -> Bool {
        let shape = found.block.header.shape
        guard shape.contains(.provenance) || shape.contains(.expiry) || expiry != .never else {
            return true
        }
        noteChange(hash, found.block.header.space)
        guard shape.contains(.provenance) else { return setEnd(expiry, of: found, hash) }
        let end = end(of: found.block, freshUntil: expiry)
        found.block.freshUntil = expiry
        // Where in the new time the refresh begins depends on more than the store knows.
        found.block.refreshLead = .always
        return setEnd(end, of: found, hash)
    }

    /// Changes when an entry is removed.
    mutating func setEnd(_ expiry: Moment, of found: Found, _ hash: UInt64) -> Bool {
        let shape = found.block.header.shape
        guard shape.contains(.expiry) || expiry != .never else { return true }
        if shape.contains(.expiry), expiry != .never {
            unlink(found.block)
            link(found.slot, found.block, expiry)
            return true
        }
        var wanted = shape.subtracting(.expiry)
        if expiry != .never { wanted.insert(.expiry) }
        return reshape(found, hash, to: wanted, expiry)
    }

    /// The entry's version, given to it now if it has none.
    ///
    /// - Returns: `nil` when there was no memory for the longer entry.
    mutating func version(of found: Found, _ hash: UInt64) -> UInt64? {
        if let version = found.block.version { return version }
        let expiry = found.block.expiry
        let shape = found.block.header.shape.union(.version)
        // The new block's version is the next one.
        return reshape(found, hash, to: shape, expiry) ? version : nil
    }

    /// A new version of the entry, whose value stays.
    ///
    /// - Returns: `nil` when there was no memory for the longer entry.
    mutating func renewVersion(of found: Found, _ hash: UInt64) -> UInt64? {
        bumpGeneration(hash)
        noteChange(hash, found.block.header.space)
        let shape = found.block.header.shape
        guard shape.contains(.version) else { return version(of: found, hash) }
        found.block.store(nextVersion(), at: shape.versionOffset)
        return version
    }

    /// Gives an entry other optional parts, in a new block: a new version if it had none, and this
    /// expiry. A provenance that it had not is one of `now`.
    ///
    /// - Returns: `false` when there was no memory for the new block.
    mutating func reshape(
        _ found: Found, _ hash: UInt64, to shape: EntryHeader.Shape, _ expiry: Moment,
        at now: Moment = Moment(milliseconds: 0)
    ) -> Bool {
        let oldHeader = found.block.header
        var header = oldHeader
        header.shape = shape
        let sizeClass = arena.classes.sizeClass(for: header.byteCount)
        var wasUnheld = false
        guard let ref = allocate(sizeClass, protecting: found.slot, wasUnheld: &wasUnheld) else {
            // An entry that cannot get its new expiry must not keep the old one: it is evicted.
            defer { settleOverhead() }
            if wasUnheld {
                removeUnheld(found.slot, hash)
            } else if shared.limits.evicts {
                remove(Found(slot: found.slot, block: block(of: found.slot)), hash)
            }
            return false
        }
        let (old, new) = (block(of: found.slot), arena.block(ref))
        if oldHeader.shape.contains(.expiry) { unlink(old) }
        new.header = header
        copyParts(from: old, to: new, at: now)
        arena.free(slots[found.slot])
        slots[found.slot] = ref
        if shape.contains(.expiry) { link(found.slot, new, expiry) }
        let weight = weight(of: new)
        if wasUnheld {
            readmit(found.slot, hash, weight: weight)
        } else {
            driver.touch(
                SlotID(rawValue: found.slot), access(to: new, hash, weight: weight))
        }
        settleOverhead()
        return true
    }

    /// Copies what two blocks of one entry have in common, and gives the new one a version if only
    /// it has a place for one.
    private mutating func copyParts(from old: Block, to new: Block, at now: Moment) {
        let (before, after) = (old.header, new.header)
        if after.shape.contains(.version) {
            new.store(old.version ?? nextVersion(), at: after.shape.versionOffset)
        }
        if after.shape.contains(.flags) { new.store(old.flags, at: after.shape.flagsOffset) }
        if after.shape.contains(.provenance) {
            if before.shape.contains(.provenance) {
                new.copy(
                    from: old, at: before.shape.provenanceOffset,
                    to: after.shape.provenanceOffset, byteCount: ProvenanceLayout.byteCount)
            } else {
                let part = ProvenancePart(written: now, expiry: old.expiry)
                new.writeProvenance(part, banEpoch: bans.epoch)
            }
        }
        new.copy(
            from: old, at: before.keyOffset, to: after.keyOffset,
            byteCount: before.keyLength + before.valueLength)
    }
}
