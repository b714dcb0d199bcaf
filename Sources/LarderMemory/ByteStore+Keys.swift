import LarderCore

extension ByteStore {
    /// Visits all keys of a database, a shard at a time: what changes meanwhile is seen or not.
    ///
    /// - Complexity: O(entries). `body` runs under a shard's lock, which is held for the whole
    ///   shard.
    public func forEachKey(
        database: Int, at now: Moment, _ body: (_ key: RawSpan) -> Void
    ) {
        for number in 0..<shards.count {
            shards.withLock(number) { state in
                let space = state.spaces[database]
                for slot in 0..<UInt32(state.slots.count) where state.slots.isLive(slot) {
                    let block = state.block(of: slot)
                    guard block.header.space == space, block.expiry > now else { continue }
                    body(block.key)
                }
            }
        }
    }

    /// Gives `body` one key of a database, if there is any: the next from a random place on.
    ///
    /// - Complexity: Expected O(1) unless almost all entries are of other databases; O(slots) then.
    public func withSomeKey(
        near position: UInt64, database: Int, at now: Moment, _ body: (_ key: RawSpan) -> Void
    ) {
        var isFound = false
        for offset in 0..<shards.count where !isFound {
            let number = (Int(truncatingIfNeeded: position >> 48) + offset) % shards.count
            shards.withLock(number) { state in
                let space = state.spaces[database]
                let count = state.slots.count
                for step in 0..<count where !isFound {
                    let slot = UInt32((Int(position & 0xFFFF_FFFF) + step) % count)
                    guard state.slots.isLive(slot) else { continue }
                    let block = state.block(of: slot)
                    guard block.header.space == space, block.expiry > now else { continue }
                    isFound = true
                    body(block.key)
                }
            }
        }
    }

    /// Counts a read that found nothing, which the caller decided without `read`.
    public func countMiss(_ key: RawSpan, _ hash: UInt64, database: Int) {
        shards.withLock(shards.number(hash)) { state in
            state.statistics.misses += 1
            if state.tells { state.tell(.missed, key, state.spaces[database]) }
        }
    }
}
