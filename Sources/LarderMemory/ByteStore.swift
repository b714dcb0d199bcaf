public import LarderCore

/// The memory level of the server: keys and values are bytes, and all calls are synchronous.
///
/// Any thread may call it. A key's shard is locked for the few hundred nanoseconds of an operation;
/// operations on several keys lock their shards in ascending order. Time comes in as an argument.
public final class ByteStore: Sendable {
    /// The one budget from which all memory is taken.
    public let budget: PageBudget
    /// Hashes keys as the store does.
    public let hasher: KeyHasher
    /// Bytes of the largest value that is taken.
    public let valueMax: Int
    /// Databases that there are.
    public let databaseCount: Int
    let shards: ShardArray
    let shared: StoreShared

    /// An empty store.
    public init(_ configuration: MemoryConfiguration, at now: Moment) {
        let budget = PageBudget(limit: configuration.limit.bytes)
        let hasher = KeyHasher(seed: configuration.hashSeed)
        let count = configuration.shardCount
        let limits = StoreLimits(
            entryMax: configuration.entryMax, shardCount: count, mayEvict: configuration.evicts,
            valueMax: configuration.effectiveValueMax)
        let shared = StoreShared(
            hasher: hasher, budget: budget, limits: limits,
            databaseCount: configuration.databaseCount)
        self.budget = budget
        self.hasher = hasher
        self.shared = shared
        valueMax = configuration.effectiveValueMax
        databaseCount = configuration.databaseCount
        let spaces = Self.makeSpaces(limit: configuration.limit.bytes, shardCount: count)
        shards = ShardArray(count: count) { number in
            ShardState(
                number: number, configuration: configuration, shared: shared,
                space: spaces[number % spaces.count], now: now)
        }
        shared.setPeers(shards)
        for number in 0..<count { shards.withLock(number) { $0.settleOverhead() } }
    }

    /// The address ranges of the shards: one, unless there is more memory than one can address.
    /// They have room to spare, so that the limit can be raised while the store runs.
    private static func makeSpaces(limit: Int, shardCount: Int) -> [SlabSpace] {
        let wanted = max(1 << 30, 4 * limit)
        let count = min(shardCount, (wanted + SlabSpace.bytesMax - 1) / SlabSpace.bytesMax)
        let slabs = wanted / count / SizeClasses.slabBytes
        return (0..<count).map { _ in SlabSpace(slabCountMax: slabs) }
    }

    /// Whether an entry of this size is taken at all.
    public func takes(keyBytes: Int, valueBytes: Int) -> Bool {
        keyBytes <= EntryHeader.keyLengthMax && shared.takes(valueBytes)
    }

    /// Whether a value of this size is kept in pieces, when nothing but the key is stored with it.
    public func keepsInPieces(keyBytes: Int, valueBytes: Int) -> Bool {
        EntryHeader.Shape().byteCount + keyBytes + valueBytes > SizeClasses.inlineMax
    }
    /// What happened to keys, for those who want to know.
    public var events: KeyEventLog { shared.events }

    /// Shards of the store.
    public var shardCount: Int { shards.count }

    /// The hash by which the store knows `key`; every call takes it along.
    @inlinable public func hash(_ key: RawSpan) -> UInt64 {
        hasher.hash(key)
    }

    /// Reads the value of `key`.
    ///
    /// Counts as a hit or a miss, and as an access for the policy. `body` runs under the shard's
    /// lock and gets the value, unless it is a large one, which is returned and read without a
    /// lock.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - hash: Its hash.
    ///   - database: Its database.
    ///   - now: The time.
    ///   - reader: Decides about entries that have a provenance, and is told of them. Without one
    ///     those that are stale or negative are misses.
    ///   - body: Gets the value.
    /// - Returns: How it ended.
    /// - Complexity: Expected O(key + value). Allocates nothing.
    public func read(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        by reader: LoadedReader? = nil, _ body: (_ value: RawSpan, _ flags: UInt32) -> Void
    ) -> ReadOutcome {
        shards.withLock(shards.number(hash)) { state in
            state.read(key, hash, database: database, at: now, by: reader, body)
        }
    }

    /// Gives `body` the entry of `key`, to read and change it, under the shard's lock.
    public func withKey(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        _ body: (inout KeyAccess) -> Void
    ) {
        shards.withLock(shards.number(hash)) { state in
            state.withAccess(key, hash, database: database, at: now, body)
        }
    }

    /// Adds the shard of a hash to a set of shards for `withShards`.
    public func insertShard(of hash: UInt64, into set: inout ShardSet) {
        set.insert(shards.number(hash))
    }

    /// All shards.
    public var allShards: ShardSet { ShardSet(all: shards.count) }

    /// Locks the shards of several keys together while `body` runs, which may call anything of the
    /// store for keys of these shards: nobody else sees a state in between. Not within itself.
    public func withTransaction(_ set: ShardSet, _ body: () -> Void) {
        shards.beginTransaction(set)
        defer { shards.endTransaction(set) }
        body()
    }

    /// Locks the shards of several keys together, and gives `body` access to those keys: nobody
    /// sees a state in between.
    public func withShards(
        _ set: ShardSet, database: Int, at now: Moment, _ body: (borrowing KeysAccess) -> Void
    ) {
        let taken = shards.lock(set)
        defer { shards.unlock(taken) }
        body(KeysAccess(shards: shards, set: set, now: now, database: database))
    }
}

/// How a read ended.
public enum ReadOutcome {
    case miss
    /// The value was given to the caller's closure.
    case hit
    /// The value is large: read it without a lock. The number is its flags.
    case large(LargeValue, flags: UInt32)
    /// The entry has a provenance, and the reader knows more. Not to be met without one.
    case loaded
}

extension ShardState {
    mutating func read(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        by reader: LoadedReader? = nil,
        _ body: (_ value: RawSpan, _ flags: UInt32) -> Void
    ) -> ReadOutcome {
        guard let found = find(key, hash, spaces[database], at: now) else {
            statistics.misses += 1
            if tells { tell(.missed, key, spaces[database]) }
            return .miss
        }
        let header = found.block.header
        guard !header.shape.isSpecial else {
            return readSpecial(found, hash, at: now, by: reader, body)
        }
        statistics.hits += 1
        touch(found.slot, hash, weight: SizeClasses.blockBytes(for: header.byteCount))
        let read = header.fetched(at: now)
        if read != header { found.block.header = read }
        let flags = header.shape.contains(.flags) ? found.block.flags : 0
        body(found.block.span(header.valueOffset, header.valueLength), flags)
        return .hit
    }
}

/// Access to several keys at once.
public struct KeysAccess: ~Copyable {
    let shards: ShardArray
    let set: ShardSet
    let now: Moment
    /// The database of keys for which no other is named.
    public let database: Int

    /// Gives `body` the entry of one of the keys, whose shard must be in the set.
    public func withKey(
        _ key: RawSpan, _ hash: UInt64, database: Int? = nil, _ body: (inout KeyAccess) -> Void
    ) {
        let number = shards.number(hash)
        precondition(set.contains(number), "The shards of all keys are locked together.")
        shards.withState(number) { state in
            state.withAccess(key, hash, database: database ?? self.database, at: now, body)
        }
    }

    /// Like `ByteStore.read`.
    public func read(
        _ key: RawSpan, _ hash: UInt64, by reader: LoadedReader? = nil,
        _ body: (_ value: RawSpan, _ flags: UInt32) -> Void
    ) -> ReadOutcome {
        let number = shards.number(hash)
        precondition(set.contains(number), "The shards of all keys are locked together.")
        return shards.withState(number) { state in
            state.read(key, hash, database: database, at: now, by: reader, body)
        }
    }
}
