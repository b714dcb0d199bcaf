/// What a read found of an entry with a provenance: enough to decide what to do about it.
public struct LoadedRead: Sendable, BitwiseCopyable {
    /// From when on the value is stale.
    public let freshUntil: Moment
    /// The client's, opaque.
    public let flags: UInt32
    /// Microseconds that loading it took.
    public let cost: UInt32
    /// Since when it was loaded.
    public let ageMilliseconds: UInt64
    /// Since when it has been stale; 0 while it is fresh.
    public let staleMilliseconds: UInt64
    /// The number of its namespace.
    public let namespace: UInt16
    /// It says that there is no such key.
    public let isNegative: Bool
    /// A soft ban ended its freshness.
    public let isSoftlyBanned: Bool
    /// Whether it was fresh at the time of the read.
    public let isFresh: Bool

    @inline(__always)
    init(_ block: Block, at now: Moment) {
        freshUntil = block.freshUntil
        (flags, cost, namespace) = (block.flags, block.cost, block.namespace)
        ageMilliseconds = now.milliseconds - min(now.milliseconds, block.loaded.milliseconds)
        staleMilliseconds = now.milliseconds - min(now.milliseconds, freshUntil.milliseconds)
        (isNegative, isSoftlyBanned) = (block.isNegative, block.isSoftlyBanned)
        isFresh = freshUntil > now
    }
}

/// What there is of a key, for those who decide whether to load it.
public enum Standing: Sendable, Hashable {
    /// No entry, or a negative one that is no longer fresh.
    case absent
    /// The origin said of late that there is no such key.
    case negative
    case fresh
    /// There is a value within its stale windows.
    case stale
}
