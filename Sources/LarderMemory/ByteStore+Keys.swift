import LarderCore

extension ByteStore {
    /// Slots looked at under one holding of a shard's lock: some hundred microseconds.
    private static var slotsHeld: Int { 1024 }

    /// Visits all keys of a database, some at a time: what changes meanwhile is seen or not.
    ///
    /// - Complexity: O(entries). `body` runs under a shard's lock.
    public func forEachKey(
        database: Int, at now: Moment, _ body: (_ key: RawSpan) -> Void
    ) {
        for number in 0..<shards.count {
            var first = 0
            var count = 1
            // An entry keeps its slot for life.
            while first < count {
                shards.withLock(number) { state in
                    let space = state.spaces[database]
                    count = state.slots.count
                    let end = min(count, first + Self.slotsHeld)
                    for slot in UInt32(min(first, end))..<UInt32(end) {
                        state.withKey(in: slot, space, at: now, body)
                    }
                    first = end
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
            var step = 0
            var count = 1
            while step < count, !isFound {
                shards.withLock(number) { state in
                    let space = state.spaces[database]
                    count = state.slots.count
                    let end = min(count, step + Self.slotsHeld)
                    while step < end, !isFound {
                        let slot = UInt32((Int(position & 0xFFFF_FFFF) + step) % count)
                        isFound = state.withKey(in: slot, space, at: now, body)
                        step += 1
                    }
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

extension ShardState {
    /// Gives `body` the key of a slot, if it has one of `space` that has not expired.
    ///
    /// - Returns: Whether it has.
    @discardableResult
    fileprivate func withKey(
        in slot: UInt32, _ space: UInt16, at now: Moment, _ body: (_ key: RawSpan) -> Void
    ) -> Bool {
        guard slots.isLive(slot) else { return false }
        let block = block(of: slot)
        guard block.header.space == space, isVisible(block, at: now) else { return false }
        body(block.key)
        return true
    }
}
