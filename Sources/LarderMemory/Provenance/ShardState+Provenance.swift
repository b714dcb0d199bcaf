import LarderCore
import LarderPolicy

// Entries with a provenance: what is seen of them, and what the policy hears.
extension ShardState {
    /// Whether those who take nothing stale see the entry. Only looks.
    @inline(__always)
    func isVisible(_ block: Block, at now: Moment) -> Bool {
        guard block.isCurrent(at: now) else { return false }
        return bans.isEmpty || bans.verdict(on: block) == .spared
    }

    static func standing(of found: Found?, at now: Moment) -> Standing {
        guard let block = found?.block else { return .absent }
        guard block.header.shape.contains(.provenance) else { return .fresh }
        let isFresh = block.freshUntil > now
        if block.isNegative { return isFresh ? .negative : .absent }
        return isFresh ? .fresh : .stale
    }

    /// The rest of a read that found a provenance or a large value.
    @inline(never)
    mutating func readSpecial(
        _ found: Found, _ hash: UInt64, at now: Moment, by reader: LoadedReader?,
        _ body: (_ value: RawSpan, _ flags: UInt32) -> Void
    ) -> ReadOutcome {
        let block = found.block
        guard block.header.shape.contains(.provenance) else {
            countHit(found, hash, at: now)
            return give(block, body)
        }
        guard !block.isQuiet(at: now), !block.isDated else {
            countHit(found, hash, at: now)
            slide(found, at: now)
            return give(block, body)
        }
        let read = LoadedRead(block, at: now)
        let isGiven = !read.isNegative && (read.isFresh || reader?.judge(read) == true)
        if isGiven, read.isFresh {
            countHit(found, hash, at: now)
            slide(found, at: now)
        } else {
            countUnfresh(found, hash, read, isGiven: isGiven, at: now)
        }
        let outcome = isGiven ? give(block, body) : .miss
        guard let reader else { return outcome }
        if case .large(let value, _) = outcome {
            reader.note(read, isGiven: isGiven, large: value)
        } else {
            reader.note(read, isGiven: isGiven, large: nil)
        }
        return .loaded
    }

    /// Gives the value to the closure, or hands it out. `mutating` so that the state is not copied.
    private mutating func give(
        _ block: Block, _ body: (_ value: RawSpan, _ flags: UInt32) -> Void
    ) -> ReadOutcome {
        guard !block.header.shape.contains(.large) else {
            return .large(largeValues[block.largeNumber], flags: block.flags)
        }
        body(block.value, block.flags)
        return .hit
    }

    private mutating func countHit(_ found: Found, _ hash: UInt64, at now: Moment) {
        statistics.hits += 1
        note(found, hash, found.block.header.fetched(at: now))
    }

    private mutating func countUnfresh(
        _ found: Found, _ hash: UInt64, _ known: LoadedRead, isGiven: Bool, at now: Moment
    ) {
        let header = found.block.header
        statistics.misses += 1
        if known.isNegative { statistics.negativeReads += 1 }
        if isGiven { statistics.staleReads += 1 }
        if tells, !isGiven { tell(.missed, found.block) }
        note(found, hash, isGiven ? header.fetched(at: now) : header.accessed(at: now))
    }

    private mutating func note(_ found: Found, _ hash: UInt64, _ used: EntryHeader) {
        driver.touch(SlotID(rawValue: found.slot), access(to: found.block, hash))
        if used != found.block.header { found.block.header = used }
    }

    /// What the policy is to know of an access to an entry.
    @inline(__always)
    func access(to block: Block, _ hash: UInt64) -> Access {
        access(to: block, hash, weight: weight(of: block))
    }

    @inline(__always)
    func access(to block: Block, _ hash: UInt64, weight: Int) -> Access {
        var access = Access(hash: hash, weight: UInt32(clamping: weight))
        guard block.header.shape.contains(.provenance) else { return access }
        (access.cost, access.priority) = (block.cost, block.priority)
        return access
    }

    /// The end that keeps the length of the stale window when freshness ends at `freshUntil`.
    func end(of block: Block, freshUntil: Moment) -> Moment {
        if block.isSliding {
            return min(block.expiry, lastEnd(of: block, freshUntil: freshUntil))
        }
        let (old, end) = (block.freshUntil.milliseconds, block.expiry.milliseconds)
        guard freshUntil != .never else { return .never }
        guard end != .max else { return old == .max ? freshUntil : .never }
        let (sum, overflow) = freshUntil.milliseconds.addingReportingOverflow(end - min(old, end))
        return overflow ? .never : Moment(milliseconds: sum)
    }

    /// Writes a provenance into an entry that is being stored.
    @inline(never)
    mutating func writePart(into block: Block) {
        guard let part else { preconditionFailure("A write has the provenance that it names.") }
        self.part = nil
        block.writeProvenance(part, banEpoch: bans.epoch)
        if part.provenance.isNegative { negativeCounts[Int(block.header.space)] += 1 }
    }

    /// An entry with a provenance is about to be overwritten or freed.
    @inline(never)
    mutating func countDetached(_ block: Block) {
        if block.isNegative { negativeCounts[Int(block.header.space)] -= 1 }
    }

    /// Entries of a key space that are not negative.
    func countPositive(in space: UInt16) -> Int {
        Int(spaceCounts[Int(space)]) - Int(negativeCounts[Int(space)])
    }

    /// Whether an active ban would mean what a write stores, or it is to slide.
    @inline(never)
    mutating func needsDate(
        _ attributes: EntryAttributes, _ key: RawSpan, _ space: UInt16
    ) -> Bool {
        guard !attributes.hasPart else { return false }
        return bans.hasMatch(key, space) || slidingNamespace(key, space) != 0
    }

    /// The same with the epoch that shows it to be younger than the bans.
    @inline(never)
    mutating func dated(
        _ attributes: EntryAttributes, _ key: RawSpan, _ space: UInt16
    ) -> EntryAttributes {
        var dated = attributes
        let part = ProvenancePart(
            written: attributes.written, expiry: attributes.expiry,
            namespace: slidingNamespace(key, space))
        attach(part, to: &dated)
        return dated
    }

    /// Gives the write that follows at once a provenance.
    mutating func attach(_ part: ProvenancePart?, to attributes: inout EntryAttributes) {
        guard let part else { return }
        if let rule = times.idle(part.provenance.namespace) {
            part.slide(by: rule, from: attributes.written)
        }
        self.part = part
        attributes.note(part)
    }

    mutating func touch(_ found: Found, _ hash: UInt64) {
        driver.touch(SlotID(rawValue: found.slot), access(to: found.block, hash))
    }

    @inline(__always)
    mutating func touch(
        _ slot: UInt32, _ hash: UInt64, weight: Int, _ attributes: EntryAttributes
    ) {
        driver.touch(SlotID(rawValue: slot), attributes.access(hash, weight))
    }
}

extension EntryAttributes {
    @inline(__always)
    func access(_ hash: UInt64, _ weight: Int) -> Access {
        var access = Access(hash: hash, weight: UInt32(clamping: weight))
        (access.cost, access.priority) = (cost, priority)
        return access
    }
}
