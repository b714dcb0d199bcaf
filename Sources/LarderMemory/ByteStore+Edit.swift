import LarderCore

// Changing a part of a value: short ones under the lock, long ones in place when nobody reads
// them, else in a copy that is made without the lock and put in place if the value is still the
// same.
extension ByteStore {
    /// How often a copy is made without the lock before it is made under it: writers of the same
    /// key that are quicker each time are rare, and have to end.
    static var optimisticAttempts: Int { 4 }

    /// Changes bytes of the value of `key`, which may become longer.
    ///
    /// The closures may run several times, and have to answer anew each time. `change` may run
    /// without the lock, on bytes that nobody else sees.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - hash: Its hash.
    ///   - database: Its database.
    ///   - now: The time.
    ///   - plan: The length that the value is to have, no less than it has; `nil` to leave it.
    ///   - change: Changes bytes, and says whether it did. What was added is zero.
    ///   - finish: Looks at the changed value, under the same lock.
    /// - Returns: `.stored` also when the value was left as it is.
    public func edit(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        to plan: (inout KeyAccess) -> Int?, _ change: (borrowing ValueBytes) -> Bool,
        finish: (inout KeyAccess) -> Void = { _ in }
    ) -> PutOutcome {
        let first = tryEdit(key, hash, database: database, at: now, to: plan, change, finish)
        if let first { return first }
        var set = ShardSet()
        insertShard(of: hash, into: &set)
        return untilDone(set) {
            tryEdit(key, hash, database: database, at: now, to: plan, change, finish)
        }
    }

    /// Runs `body` until it has a result: a few times without a lock, then with the shards of
    /// `set` locked, when nobody else can come in between.
    public func untilDone<Result>(_ set: ShardSet, _ body: () -> Result?) -> Result {
        for _ in 0..<Self.optimisticAttempts {
            if let result = body() { return result }
        }
        let taken = shards.lock(set)
        shards.beginReentry(taken)
        defer {
            shards.endReentry(taken)
            shards.unlock(taken)
        }
        // Now only the room for its own copy can have cost a value that it copies, each one once.
        while true {
            if let result = body() { return result }
        }
    }

    /// - Returns: `nil` when the value was changed by another while it was copied.
    private func tryEdit(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        to plan: (inout KeyAccess) -> Int?, _ change: (borrowing ValueBytes) -> Bool,
        _ finish: (inout KeyAccess) -> Void
    ) -> PutOutcome? {
        var outcome = PutOutcome.stored
        var copy: (of: ValueSnapshot, length: Int)?
        var hasLeft = false
        withKey(key, hash, database: database, at: now) { access in
            guard let length = plan(&access) else { return }
            guard length <= valueMax else {
                outcome = .tooLarge
                return
            }
            let before = access.valueLength
            if let done = access.edit(to: length, change) {
                outcome = done
                if done == .stored { finish(&access) }
            } else if access.valueLength == before {
                copy = (access.snapshot(), length)
            } else {
                hasLeft = true
            }
        }
        guard !hasLeft else { return nil }
        guard let copy else { return outcome }
        let fresh = makeLarge(from: copy.of, byteCount: copy.length, for: hash)
        if let fresh { _ = change(ValueBytes(fresh)) }
        return exchange(copy.of, for: fresh, of: key, hash, database: database, at: now, finish)
    }

    /// Gives `key` the value `fresh`, if it still has the value `old`.
    ///
    /// - Returns: `nil` when it has another.
    func exchange(
        _ old: ValueSnapshot, for fresh: LargeValue?, of key: RawSpan, _ hash: UInt64,
        database: Int, at now: Moment, _ finish: (inout KeyAccess) -> Void
    ) -> PutOutcome? {
        var outcome: PutOutcome?
        withKey(key, hash, database: database, at: now) { access in
            guard access.holds(old) else { return }
            outcome = access.put(
                large: fresh, expiry: access.keptExpiry, flags: access.flags,
                provenance: access.provenance)
            if outcome == .stored { finish(&access) }
        }
        return outcome
    }

    /// Builds a large value that begins like `old` and is zero behind it, in the shard of `hash`.
    /// Nobody else sees it before it is put.
    ///
    /// - Complexity: O(bytes), without a lock but for the pieces' memory.
    /// - Returns: `nil` when there is no memory for it.
    public func makeLarge(
        from old: ValueSnapshot, byteCount: Int, for hash: UInt64
    ) -> LargeValue? {
        let builder = makeLargeBuilder(for: hash, byteCount: byteCount)
        builder.append(old, count: min(old.byteCount, byteCount))
        builder.appendZeros(builder.missing)
        return builder.finish()
    }
}

extension LargeBuilder {
    /// Takes the first `count` bytes of a value.
    func append(_ value: ValueSnapshot, count: Int) {
        var offset = 0
        while offset < count {
            value.withSegment(at: offset) { piece in
                let step = min(piece.byteCount, count - offset)
                append(piece.extracting(0..<step))
                offset += step
            }
        }
    }
}
