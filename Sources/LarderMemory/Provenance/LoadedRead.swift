/// What a read found of an entry with a provenance: enough to decide what to do about it.
///
/// 31 bytes, so that the outcome of a read fits four registers.
public struct LoadedRead {
    /// From when on the value is stale.
    public let freshUntil: Moment
    /// The value, if it is a large one and was to be given.
    public let large: LargeValue?
    /// The client's, opaque.
    public let flags: UInt32
    /// Microseconds that loading it took.
    public let cost: UInt32
    /// Since when it was loaded; 49 days at the most.
    public let ageMilliseconds: UInt32
    /// The number of its namespace.
    public let namespace: UInt16
    private let traits: UInt8

    private static var givenBit: UInt8 { 1 }
    private static var negativeBit: UInt8 { 2 }
    private static var bannedBit: UInt8 { 4 }
    private static var freshBit: UInt8 { 8 }

    init(_ block: Block, large: LargeValue?, isGiven: Bool, at now: Moment) {
        self.large = large
        freshUntil = block.freshUntil
        (flags, cost, namespace) = (block.flags, block.cost, block.namespace)
        let age = now.milliseconds - min(now.milliseconds, block.loaded.milliseconds)
        ageMilliseconds = UInt32(clamping: age)
        traits =
            (isGiven ? Self.givenBit : 0) | (block.isNegative ? Self.negativeBit : 0)
            | (block.isSoftlyBanned ? Self.bannedBit : 0)
            | (freshUntil > now ? Self.freshBit : 0)
    }

    /// Whether the caller has the value: by the closure, or in `large`.
    public var isGiven: Bool { traits & Self.givenBit != 0 }
    /// It says that there is no such key.
    public var isNegative: Bool { traits & Self.negativeBit != 0 }
    /// A soft ban ended its freshness.
    public var isSoftlyBanned: Bool { traits & Self.bannedBit != 0 }
    /// Whether it was fresh at the time of the read.
    public var isFresh: Bool { traits & Self.freshBit != 0 }

    /// Milliseconds since it ceased to be fresh; 0 while it is.
    public func staleMilliseconds(at now: Moment) -> UInt64 {
        now.milliseconds - min(now.milliseconds, freshUntil.milliseconds)
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
