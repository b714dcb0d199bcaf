/// How much the memory level may hold, and by which policy.
public struct MemoryConfiguration: Sendable, Hashable {
    /// Bytes of all that the store holds: entries, tables, policy storage. From 2 MiB up, since
    /// memory is handed out in slabs of 64 KiB and a few dozen sizes of entry may be in use.
    public var limit: Limit = Limit(bytes: 512 << 20)

    /// Most entries; 0 for as many as fit.
    public var entryMax = 0

    /// Bytes of the largest value; `nil` for 512 MB or a quarter of the limit, whichever is less.
    public var valueMax: Int?

    /// Which entries leave when memory is full. S3-FIFO has the fewest misses of the three over the
    /// traces that it was measured with.
    public var policy = PolicyKind.s3fifo

    /// Whether a full store evicts. If not, writes fail.
    public var evicts = true

    /// Databases that SELECT reaches.
    public var databaseCount = 16

    /// Threads that use the store; there are several shards for each.
    public var loopCount = 2

    /// Secret of the key hash; random in a server, fixed in tests.
    public var hashSeed: UInt64 = 0

    /// A number of bytes, at least `limitMin`.
    public struct Limit: Sendable, Hashable {
        /// The smallest limit with which the store works sensibly.
        public static var bytesMin: Int { 2 << 20 }

        /// The limit.
        public let bytes: Int

        /// `bytes`, or the least that is possible if that is more.
        public init(bytes: Int) {
            self.bytes = max(bytes, Self.bytesMin)
        }
    }

    /// The defaults.
    public init() {}

    /// Shards: eight for each thread, so that two threads rarely meet; one for each GiB at least,
    /// since a shard has 16 million slots; at most 64, so that a set of them is one word; and at
    /// most one for each 4 MiB or 4,096 entries, below which policies decide badly.
    var shardCount: Int {
        let wanted = max(8 * loopCount, limit.bytes >> 30)
        var most = min(64, max(1, limit.bytes >> 22))
        if entryMax > 0 { most = min(most, max(1, entryMax / 4096)) }
        let count = min(wanted, most)
        return 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)
    }

    var effectiveValueMax: Int {
        valueMax ?? min(512 << 20, limit.bytes / 4)
    }
}
