/// Something that happened to a key, for those who asked to be told.
public struct KeyEvent: Sendable, Hashable {
    /// What happened.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// A value was stored for a key that had none.
        case created
        /// A value was stored in the place of another.
        case replaced
        /// The entry was removed by a command.
        case removed
        /// The entry got an expiry, the first or another one.
        case expirySet
        /// The entry's expiry was taken away.
        case expiryCleared
        /// The entry's time was over.
        case expired
        /// The entry left to make room.
        case evicted
        /// A read found nothing.
        case missed
    }

    /// What happened.
    public let kind: Kind
    /// Database of the key.
    public let database: Int
    /// The key.
    public let key: [UInt8]
    /// Whether a stored value has an expiry.
    public let hasExpiry: Bool
    /// What the entry was, if it left to make room.
    public let evicted: EvictedEntry?

    /// Memory that it holds, about.
    public var byteCount: Int { MemoryLayout<Self>.stride + Self.arrayHeaderBytes + key.count }

    private static var arrayHeaderBytes: Int { 32 }

    /// What happened to a key.
    public init(
        _ kind: Kind, database: Int, key: [UInt8], hasExpiry: Bool = false,
        evicted: EvictedEntry? = nil
    ) {
        self.kind = kind
        self.hasExpiry = hasExpiry
        self.evicted = evicted
        self.database = database
        self.key = key
    }
}

/// A set of kinds of events.
public struct KeyEventKinds: OptionSet, Sendable, Hashable {
    /// One bit for each kind.
    public let rawValue: UInt32

    /// The set of these bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The set of one kind.
    public init(_ kind: KeyEvent.Kind) {
        self.init(rawValue: 1 << UInt32(kind.rawValue))
    }

    /// What commands change.
    public static let writes: KeyEventKinds = [
        .init(.created), .init(.replaced), .init(.removed), .init(.expirySet),
        .init(.expiryCleared),
    ]
    /// What expires.
    public static let expirations = KeyEventKinds(.expired)
    /// What leaves to make room.
    public static let evictions = KeyEventKinds(.evicted)
    /// What was not there.
    public static let misses = KeyEventKinds(.missed)
}
