import LarderCore

// What bans do to the entries of a shard: at once for those who look, and slot by slot.
extension ShardState {
    /// Begins a ban. Who watches a key that it means is told now.
    mutating func begin(_ ban: ShardBan, at now: Moment) {
        let (added, isWidened) = bans.add(ban)
        if isWidened { statistics.widenedBans += 1 }
        breakWatches(of: added, at: now)
        if slots.liveCount == 0 { bans.endAll() }
    }

    /// Bans one key.
    mutating func banKey(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16, isHard: Bool, at now: Moment
    ) {
        bumpGeneration(hash)
        guard let found = find(key, hash, space, at: now) else {
            return noteAbsence(hash, space)
        }
        let hasWindows = found.block.header.shape.contains(.provenance) && !found.block.isDated
        if isHard || !hasWindows {
            kill(found, hash, at: now)
        } else {
            noteChange(hash, space)
            soften(found, hash, since: now, at: now)
        }
    }

    /// Carries out on an entry what the active bans say.
    ///
    /// - Returns: The entry, unless it is dead.
    @inline(never)
    mutating func surviving(_ found: Found, _ hash: UInt64, at now: Moment) -> Found? {
        switch bans.verdict(on: found.block) {
        case .spared: break
        case .softened(let time): soften(found, hash, since: time, at: now)
        case .dead:
            kill(found, hash, at: now)
            return nil
        }
        guard found.block.header.shape.contains(.provenance) else { return found }
        found.block.banEpoch = bans.epoch
        // Its windows may be over already, when a soft ban finds it late.
        guard found.block.expiry <= now else { return found }
        expire(found, hash)
        return nil
    }

    private mutating func kill(_ found: Found, _ hash: UInt64, at now: Moment) {
        statistics.bannedEntries += 1
        if tells, found.block.isCurrent(at: now) { tell(.removed, found.block) }
        remove(found, hash)
    }

    /// Ends an entry's freshness at `time`. Its stale windows begin then.
    private mutating func soften(
        _ found: Found, _ hash: UInt64, since time: Moment, at now: Moment
    ) {
        let block = found.block
        guard block.freshUntil > time else { return }
        statistics.bannedEntries += 1
        if tells, block.isCurrent(at: now) { tell(.removed, block) }
        let hasNoEnd = block.expiry == .never
        let end = end(of: block, freshUntil: time)
        block.freshUntil = time
        block.markSoftlyBanned()
        // An entry that never expires has no window of its own: the caller's alone counts.
        guard !hasNoEnd else { return }
        unlink(block)
        link(found.slot, block, end)
    }

    /// Looks at some slots for banned entries: fewer when each is compared with many bans.
    mutating func sweepBans(limit: Int, at now: Moment) {
        let slotLimit = max(16, limit * 8 / max(8, bans.active.count))
        for _ in 0..<slotLimit {
            guard let slot = bans.nextSlot(of: slots.count) else { return }
            guard slots.isLive(slot) else { continue }
            let found = Found(slot: slot, block: block(of: slot))
            _ = surviving(found, hash(of: slot), at: now)
        }
    }

    /// Breaks the watches on keys that a ban means.
    ///
    /// - Complexity: O(watched keys of the shard).
    private func breakWatches(of ban: ShardBan, at now: Moment) {
        for bucket in 0..<WatchTable.bucketCount {
            watches.forEach(inBucket: bucket) { breakWatch(of: $0, ban, at: now) }
        }
    }

    private func breakWatch(of entry: WatchTable.Entry, _ ban: ShardBan, at now: Moment) {
        guard !entry.flag.isSet else { return }
        let space = spaces[Int(entry.database)]
        let slot = index.find(entry.hash) { slot in
            let block = block(of: slot)
            return block.header.space == space && block.isCurrent(at: now)
                && hasher.hash(block.key) == entry.hash
        }
        if let slot, bans.matches(ban, block(of: slot)) { entry.flag.set() }
    }
}
