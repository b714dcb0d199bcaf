import LarderCore

extension ByteStore {
    /// Sets how long what is written in these namespaces stays. `classifyKeys` says which keys
    /// belong to them; it is asked for each write then.
    ///
    /// What is there already, and was not written by such a rule, keeps its own end.
    public func setTimes(_ times: [UInt16: NamespaceTimes]) {
        let table = NamespaceTimesTable(times)
        let taken = shards.lock(allShards)
        defer { shards.unlock(taken) }
        for number in 0..<shards.count {
            shards.withState(number) { state in
                state.times = table
                state.bans.hasOtherInterest = !table.isIdleEmpty || !table.isTTLEmpty
            }
        }
    }
}

// Entries whose end moves with each read. A hit looks at that only when the entry has a provenance.
extension ShardState {
    /// The namespace of a key that is being written, if its entries are to slide; else 0.
    func slidingNamespace(_ key: RawSpan, _ space: UInt16) -> UInt16 {
        guard !times.isIdleEmpty, space == spaces[0], let namespaceOf = bans.namespaceOf else {
            return 0
        }
        let namespace = namespaceOf(key)
        return times.idle(namespace) == nil ? 0 : namespace
    }

    /// Until when is good what is written for a key now, if the write does not say it: the TTL of
    /// its namespace counts then.
    func unsaidExpiry(_ key: RawSpan, _ space: UInt16, at now: Moment) -> Moment {
        guard !times.isTTLEmpty, space == spaces[0], let namespaceOf = bans.namespaceOf,
            let ttl = times.ttlMilliseconds(namespaceOf(key))
        else { return .never }
        return now.later(by: ttl)
    }

    /// An entry with a provenance is used: its end moves, if it is one that slides, and if that
    /// makes a difference.
    mutating func slide(_ found: Found, at now: Moment) {
        let block = found.block
        guard block.isSliding, let rule = times.idle(block.namespace) else { return }
        let last = lastEnd(of: block, freshUntil: block.freshUntil)
        let latest = min(last, rule.end(from: now))
        let isLate = block.expiry < min(last, now.later(by: rule.milliseconds))
        guard isLate || block.expiry > latest else { return }
        unlink(block)
        link(found.slot, block, latest)
    }

    /// From when on nobody gets the entry, however often it is read.
    func lastEnd(of block: Block, freshUntil: Moment) -> Moment {
        guard freshUntil != .never, !block.isDated else { return freshUntil }
        return freshUntil.later(by: times.idle(block.namespace)?.staleMilliseconds ?? 0)
    }
}
