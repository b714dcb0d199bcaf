import LarderCore
import LarderPolicy

/// A part of the store with its own tables, arena and policy. Its lock guards all of it.
struct ShardState: ~Copyable {
    let number: Int
    let hasher: KeyHasher
    let shared: StoreShared
    let budget: PageBudget
    let events: KeyEventLog
    let returns = PieceReturns()

    var arena: Arena
    var index = HashIndex()
    var slots = SlotTable()
    var wheel: TimerWheel
    var driver: PolicyDriver
    var policyKind: PolicyKind
    /// Reused, so that an insertion allocates nothing.
    var victims: [SlotID] = []

    /// Key space of each database, and the number of entries in each key space.
    var spaces: FixedArray<UInt16>
    var spaceCounts = ReservedArray<UInt32>(reserving: KeySpaces.count)
    /// Entries with an expiry in each key space.
    var expiringCounts = ReservedArray<UInt32>(reserving: KeySpaces.count)
    /// Slots that a sweep for dead key spaces has still to look at. It goes round and round, so
    /// that a flush during a sweep costs no slot its turn.
    var sweepSlotsLeft = 0
    /// The slot that was looked at last.
    var sweepPosition = 0
    /// Key spaces that were flushed and may still have entries here.
    var deadSpaces = FixedArray<UInt64>(repeating: 0, count: KeySpaces.count / 64)
    var deadEntryCount = 0

    /// Writes, deletes and bans of the keys that share a stripe; for fills.
    var generations: FixedArray<UInt32>
    /// Last version given out. Never repeats.
    var version: UInt64 = 0
    /// The provenance for the write at hand.
    var part: ProvenancePart?
    /// Bans that are not carried out yet.
    var bans = BanTable()
    /// Of namespaces whose entries go when nobody reads them.
    var times = NamespaceTimesTable()
    /// Negative entries in each key space.
    var negativeCounts = ReservedArray<UInt32>(reserving: KeySpaces.count)
    /// Who wants to know of which key's change.
    var watches = WatchTable()

    var largeValues = LargeValueTable()

    var promises = Promises()

    /// Bytes taken from the budget ahead of need, so that tables may grow within an operation.
    var credit = 0
    /// Bytes of tables and policy that `credit` has paid for.
    var paidOverhead = 0
    var statistics = ShardStatistics()

    /// Stripes of generations. A collision costs one load that does not fill.
    static var generationCount: Int { 4096 }

    init(
        number: Int, configuration: MemoryConfiguration, shared: StoreShared, space: SlabSpace,
        now: Moment
    ) {
        self.number = number
        self.shared = shared
        hasher = shared.hasher
        events = shared.events
        budget = shared.budget
        arena = Arena(space, number: UInt8(number + 1))
        wheel = TimerWheel(now: now)
        policyKind = configuration.policy
        driver = PolicyDriver(policyKind)
        spaces = FixedArray(repeating: 0, count: configuration.databaseCount)
        for database in 0..<configuration.databaseCount {
            spaces[database] = UInt16(database)
        }
        spaceCounts.grow(toCount: KeySpaces.count)
        expiringCounts.grow(toCount: KeySpaces.count)
        negativeCounts.grow(toCount: KeySpaces.count)
        generations = FixedArray(repeating: 0, count: Self.generationCount)
        victims.reserveCapacity(64)
    }

    /// An entry that was found: valid until the next call that may allocate, evict or remove.
    struct Found: BitwiseCopyable {
        let slot: UInt32
        let block: Block
    }

    @inline(__always)
    func block(of slot: UInt32) -> Block {
        arena.block(slots[slot])
    }

    @inline(__always)
    func hash(of slot: UInt32) -> UInt64 {
        let block = block(of: slot)
        return hasher.hash(block.key)
    }

    /// The entry of `key`, whatever its expiry.
    ///
    /// - Complexity: Expected O(key).
    @inline(__always)
    func lookUp(_ key: RawSpan, _ hash: UInt64, _ space: UInt16) -> Found? {
        let identity = EntryHeader.identity(keyLength: key.byteCount, space: space)
        let slot = index.find(hash) { slot in
            arena.block(slots[slot]).matches(key, identity: identity)
        }
        guard let slot else { return nil }
        return Found(slot: slot, block: arena.block(slots[slot]))
    }

    /// The entry of `key` if it has not expired and no ban killed it: then it is removed. Stale and
    /// negative entries are found.
    @inline(__always)
    mutating func find(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16, at now: Moment
    ) -> Found? {
        guard let found = lookUp(key, hash, space) else { return nil }
        if found.block.header.shape.contains(.expiry), found.block.expiry <= now {
            expire(found, hash)
            return nil
        }
        return bans.isEmpty ? found : surviving(found, hash, at: now)
    }

    /// The weight that the policy knows an entry by: bytes of its block and of its pieces.
    @inline(__always)
    func weight(of block: Block) -> Int {
        let header = block.header
        let bytes = SizeClasses.blockBytes(for: header.byteCount)
        guard header.shape.contains(.large) else { return bytes }
        return bytes + largeValue(of: block).storedBytes
    }

    @inline(__always)
    func largeValue(of block: Block) -> LargeValue {
        largeValues[block.load(block.header.valueOffset, as: UInt32.self)]
    }

    /// Notes a hit with the policy.
    @inline(__always)
    mutating func touch(_ slot: UInt32, _ hash: UInt64, weight: Int) {
        driver.touch(
            SlotID(rawValue: slot), Access(hash: hash, weight: UInt32(clamping: weight)))
    }

    /// Makes fills that began before now fail for the keys of this stripe.
    mutating func bumpGeneration(_ hash: UInt64) {
        generations[Self.stripe(hash)] &+= 1
    }

    static func stripe(_ hash: UInt64) -> Int {
        Int(hash >> 16) & (generationCount - 1)
    }

    mutating func nextVersion() -> UInt64 {
        version += 1
        return version
    }

    /// The version that an entry brings, which none after it repeats; the next one if it brings
    /// none, or one that no store can have given out.
    mutating func nextVersion(atLeast brought: UInt64) -> UInt64 {
        guard brought > 0, brought < Self.versionMax else { return nextVersion() }
        version = max(version, brought)
        return brought
    }

    /// As many writes as nobody makes.
    private static var versionMax: UInt64 { 1 << 62 }
}

/// What one shard has counted. Read under its lock.
public struct ShardStatistics: Sendable, BitwiseCopyable {
    /// Reads that found an entry.
    public var hits = 0
    /// Reads that found none.
    public var misses = 0
    /// Entries that left to make room.
    public var evictions = 0
    /// Newcomers that the policy refused, or for which there was no memory.
    public var refusals = 0
    /// Entries that were removed because they had expired.
    public var expirations = 0
    /// Entries that left to make room and had not been read.
    public var evictionsUnread = 0
    /// Entries that expired and had not been read.
    public var expirationsUnread = 0
    /// Entries that were written.
    public var writes = 0
    /// Slabs that were emptied by moving their entries.
    public var compactions = 0
    /// Misses for which the caller took a stale value.
    public var staleReads = 0
    /// Misses that found a negative entry.
    public var negativeReads = 0
    /// Entries that a ban has killed or made stale.
    public var bannedEntries = 0
    /// Bans that became wider because there were too many; counted by each shard.
    public var widenedBans = 0

    init() {}

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.hits += right.hits
        sum.misses += right.misses
        sum.evictions += right.evictions
        sum.refusals += right.refusals
        sum.expirations += right.expirations
        sum.evictionsUnread += right.evictionsUnread
        sum.expirationsUnread += right.expirationsUnread
        sum.writes += right.writes
        sum.compactions += right.compactions
        sum.staleReads += right.staleReads
        sum.negativeReads += right.negativeReads
        sum.bannedEntries += right.bannedEntries
        sum.widenedBans += right.widenedBans
        return sum
    }
}
