import LarderCore

extension ByteStore {
    /// The counters of all shards.
    ///
    /// - Complexity: O(shards).
    public var statistics: ShardStatistics {
        (0..<shards.count).reduce(ShardStatistics()) { sum, number in
            sum + shards.withLock(number) { $0.statistics }
        }
    }

    /// Sets the counters of all shards to zero.
    public func resetStatistics() {
        for number in 0..<shards.count {
            shards.withLock(number) { $0.statistics = ShardStatistics() }
        }
    }

    /// Bytes of memory in tables and policies, which hold no entries' bytes.
    public var overheadBytes: Int {
        (0..<shards.count).reduce(0) { sum, number in
            sum + shards.withLock(number) { $0.paidOverhead + $0.credit }
        }
    }

    /// Does a bounded part of what waits in one shard: expiry, sweeping, growth, giving back.
    ///
    /// - Parameters:
    ///   - shard: Each thread keeps house for shards of its own.
    ///   - now: What is due by then expires.
    ///   - limit: Entries looked at; 256 take a few dozen microseconds.
    /// - Returns: Whether more waits. A shard that is in use is left alone until the next time.
    public func housekeep(shard: Int, at now: Moment, limit: Int = 256) -> Bool {
        shards.tryWithLock(shard) { $0.housekeep(at: now, limit: limit) } ?? false
    }

    /// The least that `setLimit` may set: what the shards' tables take when they are all but empty,
    /// about 270 KiB each, and a few slabs.
    public var limitMin: Int {
        max(MemoryConfiguration.Limit.bytesMin, shards.count * (384 << 10))
    }

    /// Changes the budget. If more is held now, housekeeping gives the difference back.
    public func setLimit(_ limit: MemoryConfiguration.Limit) {
        budget.setLimit(limit.bytes)
    }

    /// Whether writes evict when memory is full, or fail.
    public var evicts: Bool {
        get { shared.limits.evicts }
        set { shared.limits.evicts = newValue }
    }

    /// Most entries; 0 for as many as fit.
    public var entryMax: Int { shared.limits.entryLimit }

    /// Changes how many entries there may be. If there are more now, each write evicts until it
    /// finds a place.
    ///
    /// - Complexity: O(shards).
    public func setEntryMax(_ limit: Int) {
        let taken = shards.lock(allShards)
        defer { shards.unlock(taken) }
        let count = (0..<shards.count).reduce(0) { sum, number in
            sum + shards.withState(number) { $0.slots.liveCount }
        }
        shared.limits.setEntryLimit(limit, count: count)
    }

    /// Verifies the structures of all shards. For tests.
    ///
    /// - Complexity: O(entries).
    /// - Throws: The first broken promise.
    public func checkInvariants() throws(StoreViolation) {
        let taken = shards.lock(allShards)
        defer { shards.unlock(taken) }
        var reserved = 0
        var live = 0
        for number in 0..<shards.count {
            let violation = shards.withState(number) { state in
                reserved += state.reservedBytes
                live += state.slots.liveCount
                return state.violation()
            }
            if let violation { throw StoreViolation(description: "shard \(number): \(violation)") }
        }
        if reserved != budget.used {
            throw StoreViolation(
                description: "shards have \(reserved) bytes, \(budget.used) are accounted")
        }
        if entryMax > 0, live != entryMax - shared.limits.entryRoom {
            throw StoreViolation(description: "\(live) entries, not as many as counted")
        }
    }
}

/// A broken promise of a store to itself.
public struct StoreViolation: Error, CustomStringConvertible {
    /// The promise, and what was found instead.
    public let description: String
}
