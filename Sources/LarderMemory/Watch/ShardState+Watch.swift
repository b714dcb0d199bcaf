import LarderCore

// Writers of every kind pass one of three places: an entry is filled, removed, or given another
// expiry. Each tells the table of watches. Whole databases that go or are exchanged count how often
// they did (DatabaseMoves). An expiry tells only while an exchange is under way: a watch knows when
// its keys expire.
extension ShardState {
    /// Breaks the watches on a key that has changed.
    ///
    /// Changes nothing of the shard, and is `mutating` all the same, as is what it calls: for a
    /// call that is not, the compiler copies the whole state, on every write.
    @inline(__always)
    mutating func noteChange(_ hash: UInt64, _ space: UInt16) {
        guard watches.mayHold(hash) else { return }
        breakWatches(hash, space)
    }

    @inline(never)
    private mutating func breakWatches(_ hash: UInt64, _ space: UInt16) {
        // An entry of a flushed database, which is swept, is in the key space of none.
        watches.forEach(hash) { entry in
            if spaces[Int(entry.database)] == space { entry.flag.set() }
        }
    }

    /// Breaks the watches on those keys of a database in one bucket that an exchange, the one with
    /// which it had moved `moves` times, gave the entries of `space`. What has expired by `now` is
    /// none.
    ///
    /// - Complexity: O(watched keys of the bucket).
    func breakWatches(
        inBucket bucket: Int, of database: Int, gaining space: UInt16, moves: UInt32,
        at now: Moment
    ) {
        watches.forEach(inBucket: bucket) { entry in
            guard entry.database == UInt32(database), !entry.flag.isSet,
                Int32(bitPattern: moves &- entry.moves) > 0
            else { return }
            if holds(entry.hash, in: space, at: now) { entry.flag.set() }
        }
    }

    private func holds(_ wanted: UInt64, in space: UInt16, at now: Moment) -> Bool {
        index.find(wanted) { slot in
            let block = block(of: slot)
            return block.header.space == space && isVisible(block, at: now)
                && hasher.hash(block.key) == wanted
        } != nil
    }
}
