public import LarderCore

// Keys that are followed, and values that are stored only if their keys are as they were.
extension ByteStore {
    /// Begins to follow a key.
    ///
    /// - Complexity: Expected O(key), and the watches of a 64th of the shard.
    public func mark(_ key: Key) -> KeyMark {
        let hash = unsafe hash(key.bytes.span.bytes)
        return shards.withLock(shards.number(hash)) { state in
            let mark = KeyMark(key, hash, state.fillToken(hash), events)
            _ = state.watches.insert(
                mark.watched, moves: shared.moves[Int(key.database)], mark.flag)
            events.noteMark(begins: true)
            return mark
        }
    }

    /// Ends what `mark` began; once for each.
    public func endMark(_ mark: KeyMark) {
        shards.withLock(shards.number(mark.hash)) { $0.watches.remove(mark.watched, mark.flag) }
        events.noteMark(begins: false)
    }

    /// Whether nothing has happened to the key since: no write of it, no removal, no ban that means
    /// it by its name or its namespace, and no flush or exchange of any database.
    public func isCurrent(_ mark: KeyMark, namespace: UInt16 = 0) -> Bool {
        shards.withLock(shards.number(mark.hash)) { $0.permits(mark, namespace, tags: []) }
    }

    /// Stores a value for the key of `mark` unless `isCurrent` is false by then, or a tag of
    /// `provenance` was banned. Loads that began before do not fill over it.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - mark: Follows the key.
    ///   - now: The time.
    ///   - provenance: Where it came from, and how long it is good.
    /// - Returns: What became of it.
    public func fill(
        _ value: RawSpan, for mark: KeyMark, at now: Moment, provenance: Provenance
    ) -> FillOutcome {
        let key = mark.key
        return fill(mark, provenance, now, byteCount: value.byteCount) {
            state, space, attributes in
            let found = unsafe state.find(key.bytes.span.bytes, mark.hash, space, at: now)
            return unsafe state.put(
                value, for: key.bytes.span.bytes, mark.hash, space, over: found, attributes)
        }
    }

    /// The same, of a value that was built piece by piece; `nil` for one that found no memory.
    public func fill(
        large value: LargeValue?, for mark: KeyMark, at now: Moment, provenance: Provenance
    ) -> FillOutcome {
        let key = mark.key
        return fill(mark, provenance, now, byteCount: value?.byteCount ?? 0) {
            state, space, attributes in
            unsafe state.put(value, for: key.bytes.span.bytes, mark.hash, space, attributes)
        }
    }

    private func fill(
        _ mark: KeyMark, _ provenance: Provenance, _ now: Moment, byteCount: Int,
        _ put: (inout ShardState, UInt16, EntryAttributes) -> PutOutcome
    ) -> FillOutcome {
        let key = mark.key
        let attributes = EntryAttributes(expiry: .never, flags: 0, written: now)
        return shards.withLock(shards.number(mark.hash)) { state in
            let tags = provenance.tags.packed
            guard state.permits(mark, provenance.namespace, tags: tags) else { return .outdated }
            let outcome = unsafe state.fill(
                key.bytes.span.bytes, mark.hash, Int(key.database), attributes, provenance,
                byteCount: byteCount, put)
            if outcome != .tooLarge { state.bumpGeneration(mark.hash) }
            return outcome
        }
    }
}

extension ShardState {
    fileprivate func permits(_ mark: KeyMark, _ namespace: UInt16, tags: [UInt8]) -> Bool {
        guard !mark.flag.isSet, mark.token.epoch == fillToken(mark.hash).epoch else {
            return false
        }
        let key = mark.key
        return unsafe bans.permits(
            key.bytes.span.bytes, spaces[Int(key.database)], since: mark.token.bans,
            namespace: namespace, tags: tags)
    }

    /// Tells those who follow a key that it was removed or banned, though it had no entry. It is no
    /// change to who watches it.
    mutating func noteAbsence(_ hash: UInt64, _ space: UInt16) {
        guard watches.mayHold(hash) else { return }
        watches.forEach(hash) { entry in
            if entry.flag.isOfMark, spaces[Int(entry.database)] == space { entry.flag.set() }
        }
    }
}
