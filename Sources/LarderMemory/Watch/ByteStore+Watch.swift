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
        let expiry = shards.withLock(number) { state -> Moment? in
            let found = state.find(key, hash, state.spaces[database], at: now)
            guard state.watches.insert(watched, watch.flag) else { return nil }
            // What is hidden is not there: its end changes nothing.
            guard let block = found?.block, block.isCurrent(at: now) else { return .never }
            return block.visibleExpiry
        }
        if let expiry { watch.append(watched, shard: number, expiry: expiry) }
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
