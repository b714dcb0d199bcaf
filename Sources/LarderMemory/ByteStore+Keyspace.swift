import LarderCore
import Synchronization

extension ByteStore {
    /// Bytes of tables that an entry takes besides its block: a cell at the mean load, a slot, and
    /// a node of the policy.
    public static var overheadPerEntry: Int { 22 }

    /// Entries of a database. Expired and stale ones count until they are removed, negative ones
    /// do not.
    ///
    /// - Complexity: O(shards).
    public func count(database: Int) -> Int {
        (0..<shards.count).reduce(0) { sum, number in
            sum
                + shards.withLock(number) { state in
                    state.countPositive(in: state.spaces[database])
                }
        }
    }

    /// Entries of a database that have an expiry.
    ///
    /// - Complexity: O(shards).
    public func expiringCount(database: Int) -> Int {
        (0..<shards.count).reduce(0) { sum, number in
            sum
                + shards.withLock(number) { state in
                    Int(state.expiringCounts[Int(state.spaces[database])])
                }
        }
    }

    /// Entries that memory still holds, of flushed databases too.
    public var heldCount: Int {
        (0..<shards.count).reduce(0) { sum, number in
            sum + shards.withLock(number) { $0.slots.liveCount }
        }
    }

    /// Most keys that one call of `scan` is asked for.
    static var scanMax: Int { 1 << 30 }

    /// Buckets visited under one holding of a shard's lock: some 1,500 keys at the most, about as
    /// many cache misses, a fifth of a millisecond.
    private static var scanBucketsHeld: Int { 128 }

    /// Visits the keys of some buckets, from `cursor` on.
    ///
    /// A cursor is a shard and a position in hash order (docs/decisions/0001): all keys before it
    /// have been visited, whatever sizes the tables had meanwhile. So what is there throughout a
    /// scan is visited at least once.
    ///
    /// - Parameters:
    ///   - cursor: 0 to begin; what the last call returned to go on.
    ///   - database: Whose keys are visited.
    ///   - limit: Stop after the bucket with which this number of keys is reached. At most
    ///     `limit` × 10 buckets are looked at, so few keys or none may be visited.
    ///   - now: Keys that have expired by then are passed over.
    ///   - body: Runs under a shard's lock.
    /// - Returns: The next cursor; 0 at the end.
    public func scan(
        from cursor: UInt64, database: Int, limit: Int, at now: Moment,
        _ body: (_ key: RawSpan) -> Void
    ) -> UInt64 {
        scanEntries(from: cursor, database: database, limit: limit, at: now) { body($0.key) }
    }

    /// The same, with all that is known of an entry.
    public func scanEntries(
        from cursor: UInt64, database: Int, limit: Int, at now: Moment,
        _ body: (borrowing EntryView) -> Void
    ) -> UInt64 {
        var number = Int(cursor >> 32)
        var position = cursor & 0xFFFF_FFFF
        var visited = 0
        let limit = max(1, min(limit, Self.scanMax))
        var bucketsLeft = limit * 10
        while number < shards.count {
            shards.withLock(number) { state in
                let space = state.spaces[database]
                let pause = bucketsLeft - Self.scanBucketsHeld
                while position < 1 << 32, visited < limit, bucketsLeft > max(0, pause) {
                    bucketsLeft -= 1
                    position = state.index.scan(
                        from: position, hashOf: { state.hash(of: $0) },
                        { slot in
                            let block = state.block(of: slot)
                            guard block.header.space == space, state.isVisible(block, at: now)
                            else { return }
                            visited += 1
                            body(EntryView(block, in: state, at: now))
                        })
                }
            }
            guard position >= 1 << 32 else {
                // Either a pause for others, who may change what is still to be visited, or enough.
                if visited < limit, bucketsLeft > 0 { continue }
                return UInt64(number) << 32 | position
            }
            (number, position) = (number + 1, 0)
            if visited >= limit || bucketsLeft <= 0 { break }
        }
        return number < shards.count ? UInt64(number) << 32 : 0
    }

    /// Empties databases, in constant time: their entries are dead at once, and their memory comes
    /// back in steps.
    ///
    /// - Parameter databases: Those to empty.
    /// - Complexity: O(shards × databases).
    public func flush(_ databases: Range<Int>) {
        let taken = shards.lock(allShards)
        defer {
            shards.unlock(taken)
            events.noteChangeOfAll()
        }
        for database in databases where isUsed(database) {
            let fresh = freshSpace()
            for number in 0..<shards.count {
                shards.withState(number) { $0.flush(database, to: fresh) }
            }
            _ = shared.moves.note(database)
        }
        shared.flushEpoch.add(1, ordering: .relaxed)
    }

    /// Exchanges two databases, in constant time. Who watches a key that gets an entry by it is
    /// told afterwards, if the entry has not expired by `now`.
    ///
    /// - Complexity: O(shards), and the watched keys.
    public func swap(_ first: Int, _ second: Int, at now: Moment = Moment(milliseconds: 0)) {
        let gains = exchange(first, second)
        defer { events.noteChangeOfAll() }
        guard !gains.isEmpty else { return }
        breakWatches(afterExchange: gains, at: now)
        shared.moves.endExchange()
    }

    func exchange(_ first: Int, _ second: Int) -> [DatabaseGain] {
        let taken = shards.lock(allShards)
        defer { shards.unlock(taken) }
        var isWatched = false
        for number in 0..<shards.count {
            shards.withState(number) { state in
                let (one, other) = (state.spaces[first], state.spaces[second])
                (state.spaces[first], state.spaces[second]) = (other, one)
                isWatched = isWatched || !state.watches.isEmpty
            }
        }
        shared.flushEpoch.add(1, ordering: .relaxed)
        guard first != second else { return [] }
        let moves = [first, second].map { shared.moves.note($0) }
        guard isWatched else { return [] }
        shared.moves.beginExchange()
        return shards.withState(0) { state in
            [
                DatabaseGain(database: first, space: state.spaces[first], moves: moves[0]),
                DatabaseGain(database: second, space: state.spaces[second], moves: moves[1]),
            ]
        }
    }

    /// Whether a database has entries. All shards are locked.
    private func isUsed(_ database: Int) -> Bool {
        (0..<shards.count).contains { number in
            shards.withState(number) { $0.spaceCounts[Int($0.spaces[database])] > 0 }
        }
    }

    /// A key space that no database has and of which no entry is left. All shards are locked.
    private func freshSpace() -> UInt16 {
        // Numbers are used in a circle. When half a circle ahead one is not free yet, each flush
        // pays for a part of the sweep, so that all will be free in time.
        if !isFree(shared.space(after: UInt16(KeySpaces.count / 2))) { sweepAhead() }
        for _ in 0..<KeySpaces.count {
            let candidate = shared.nextSpace()
            if isFree(candidate) { return candidate }
        }
        preconditionFailure("Sweeping ahead keeps key spaces free.")
    }

    private func sweepAhead() {
        for number in 0..<shards.count {
            shards.withState(number) { state in
                _ = state.sweep(slotLimit: state.slots.count / 1024 + 16)
            }
        }
    }

    private func isFree(_ space: UInt16) -> Bool {
        (0..<shards.count).allSatisfy { number in
            shards.withState(number) { state in
                state.spaceCounts[Int(space)] == 0
                    && !(0..<databaseCount).contains { state.spaces[$0] == space }
            }
        }
    }
}
