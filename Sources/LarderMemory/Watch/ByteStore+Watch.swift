import LarderCore

extension ByteStore {
    /// Adds a key to a watch: from now on its change breaks it. What has expired by `now` is gone
    /// already and breaks nothing.
    ///
    /// - Complexity: Expected O(key), and the watches of a 64th of the shard.
    public func watch(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment, by watch: KeyWatch
    ) {
        let number = shards.number(hash)
        let watched = WatchedKey(hash: hash, database: database)
        var expiry: Moment?
        var moves: UInt32 = 0
        let isNew = shards.withLock(number) { state in
            let found = state.find(key, hash, state.spaces[database], at: now)
            moves = shared.moves[database]
            // What is hidden is not there: its end changes nothing.
            expiry = found.flatMap { $0.block.isCurrent(at: now) ? $0.block.visibleExpiry : nil }
            return state.watches.insert(watched, moves: moves, watch.flag)
        }
        if isNew { watch.append(watched, shard: number, expiry: expiry, moves: moves) }
    }

    /// Whether a key has changed or expired since it is watched. Final only while the locks of the
    /// watch's shards are held.
    ///
    /// - Complexity: O(times that WATCH was said).
    public func isBroken(_ watch: KeyWatch, at now: Moment) -> Bool {
        if watch.isBroken(at: now) { return true }
        return watch.marks.contains { mark in
            guard shared.moves[mark.database] != mark.moves else { return false }
            // While an exchange looks for keys that have got entries, all may be of them.
            return mark.hasEntries || (mark.hasGaps && shared.moves.isExchanging)
        }
    }

    /// Breaks the watches on keys that had no entry and got one when two databases were exchanged,
    /// a few keys at a time.
    func breakWatches(afterExchange gains: [DatabaseGain], at now: Moment) {
        for number in 0..<shards.count {
            for bucket in 0..<WatchTable.bucketCount {
                let isEmpty = shards.withLock(number) { state in
                    for gain in gains {
                        state.breakWatches(
                            inBucket: bucket, of: gain.database, gaining: gain.space,
                            moves: gain.moves, at: now)
                    }
                    return state.watches.isEmpty
                }
                if isEmpty { break }
            }
        }
    }

    /// Ends a watch, which may then begin anew.
    ///
    /// - Complexity: O(keys of the watch).
    public func endWatch(_ watch: KeyWatch) {
        for key in watch.keys {
            shards.withLock(shards.number(key.hash)) { $0.watches.remove(key, watch.flag) }
        }
        watch.removeAll()
    }

    /// Keys that are watched, each as often as somebody does. For tests and INFO.
    ///
    /// - Complexity: O(shards).
    public var watchedCount: Int {
        (0..<shards.count).reduce(0) { sum, number in
            sum + shards.withLock(number) { $0.watches.count }
        }
    }
}
