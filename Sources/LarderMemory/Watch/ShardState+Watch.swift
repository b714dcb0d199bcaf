import LarderCore

// Writers of every kind pass one of three places: an entry is filled, removed, or given another
// expiry. Each tells the table of watches; whole databases that go or are exchanged do too. Only an
// expiry tells nobody: a watch knows when its keys expire.
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
            if spaces[entry.database] == space { entry.flag.set() }
        }
    }

    /// Breaks the watches on all keys of `database` that are in one of two key spaces: the one it
    /// has, and the one that it is to have. What has expired by `now` is in none.
    ///
    /// - Complexity: O(watched keys of the shard).
    func breakWatches(
        of database: Int, in current: UInt16, or next: UInt16, at now: Moment
    ) {
        watches.forEach { entry in
            guard entry.database == database, !entry.flag.isSet else { return }
            if holds(entry.hash, in: current, at: now) || holds(entry.hash, in: next, at: now) {
                entry.flag.set()
            }
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
