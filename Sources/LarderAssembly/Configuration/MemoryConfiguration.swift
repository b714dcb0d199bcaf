public import LarderCore

/// How much the memory level may hold, and what leaves it first.
public struct MemoryConfiguration: Sendable, Hashable {
    /// An amount of memory.
    public enum Limit: Sendable, Hashable {
        /// So many bytes.
        case bytes(Int)
        /// A share of what the machine or the control group allows.
        case share(Ratio)
    }

    /// What decides which entry leaves.
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// S3-FIFO: small, main and ghost queue.
        case s3fifo
        /// Least recently used.
        case lru
        /// First in, first out.
        case fifo
    }

    /// Bytes of all entries with their metadata. Half of what is allowed: the machine has other
    /// work, and a cache that is killed for its memory serves nobody.
    public var limit = Limit.share(Ratio(millionths: 500_000))

    /// Which entry leaves. S3-FIFO has the best hit ratio of the three on nearly every trace.
    public var policy = Policy.s3fifo

    /// What a write does when memory is full.
    public enum WhenFull: String, Sendable, Hashable, CaseIterable {
        /// It makes other entries leave.
        case evict
        /// It fails.
        case refuse
    }

    /// What a write does when memory is full. It evicts: that is what caches are for.
    public var whenFull = WhenFull.evict

    /// Largest value in bytes; nil: the smaller of 512 MiB (what redis takes) and a quarter of the
    /// limit, so that one value cannot push out everything else.
    public var maxValueBytes: Int?

    /// Most entries; nil: as many as fit. Bounds the tables when values are tiny.
    public var maxEntries: Int?

    /// Smallest limit in bytes: below it the fixed parts of the tables would be most of it.
    public static let limitBytesMin = 1 << 20
    /// Largest value when nothing else bounds it, in bytes: what redis allows for a string.
    public static let valueBytesMax = 512 << 20

    /// The defaults.
    public init() {}

    /// The limit in bytes where `allowed` bytes are allowed.
    public func limitBytes(allowed: Int) -> Int {
        switch limit {
        case .bytes(let count): count
        case .share(let share): max(Self.limitBytesMin, share.of(allowed))
        }
    }

    /// The largest value in bytes under a limit of `limitBytes`. At most half of it: while a value
    /// is replaced, readers may still hold the old one.
    public func maxValueBytes(limitBytes: Int) -> Int {
        guard let maxValueBytes else { return min(Self.valueBytesMax, limitBytes / 4) }
        return min(maxValueBytes, limitBytes / 2)
    }

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        var found: [ConfigurationError] = []
        if case .bytes(let count) = limit, count < Self.limitBytesMin {
            let text = "limit is \(count.byteText); it needs at least 1mb"
            found.append(ConfigurationError(field: "memory.limit", message: text))
        }
        if case .share(let share) = limit, share.millionths == 0 {
            let text =
                "limit is \(share); a share is more than 0% and at most 100%"
            found.append(ConfigurationError(field: "memory.limit", message: text))
        }
        if case .bytes(let count) = limit, let value = maxValueBytes, value > count / 2 {
            let text =
                "max-value is \(value.byteText); with a limit of \(count.byteText)"
                + " it is at most \((count / 2).byteText), a half"
            found.append(
                ConfigurationError(
                    field: "memory.max-value", message: text, others: ["memory.limit"]))
        }
        return found
    }
}
