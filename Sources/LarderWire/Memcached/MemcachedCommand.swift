/// What a memcached command asks for.
public enum MemcachedVerb: UInt8, Hashable, Sendable, BitwiseCopyable {
    // Reads: the arguments are the keys.
    case get, gets, gat, gats
    // Writes: the arguments are the key and the value.
    case set, add, replace, append, prepend, cas
    // The argument is the key.
    case increment, decrement, delete, touch
    // The arguments are the words behind the command.
    case flushAll, stats, version, verbosity, quit, shutdown
    // Meta commands: the arguments are the words behind the command, and the value of `metaSet`.
    case metaGet, metaSet, metaDelete, metaArithmetic, metaNoOperation, metaDebug
    /// A command that is not known, or a line without one.
    case unknown
    // For those who run a server: the arguments are the words behind the command.
    case cacheMemoryLimit, lru, slabs, extstore, refreshCertificates
    // The same, and the reply may go on for long.
    case lruCrawler, watch

    /// Whether the connection may be needed for more than one reply.
    @inlinable public var holdsConnection: Bool { rawValue >= Self.lruCrawler.rawValue }
}

/// One memcached command. The key, the keys or the value are in the `ArgumentList`.
public struct MemcachedCommand: Hashable, Sendable, BitwiseCopyable {
    /// What it asks for.
    public var verb: MemcachedVerb
    /// Whether the client wants no reply, be it an error: `noreply`.
    public var isQuiet = false
    /// The client's flags, of a write.
    public var flags: UInt32 = 0
    /// As the client sent it: 0 never, negative at once, above 30 days a point in time, otherwise
    /// seconds. Of a write, `touch`, `gat`, `gats`; of `flush_all` the delay.
    public var expiry: Int32 = 0
    /// Bytes of the value, of a write.
    public var byteCount = 0
    /// The version that `cas` expects, the step of `incr` and `decr`, the level of `verbosity`.
    public var number: UInt64 = 0

    /// A command of which only the verb is known.
    public init(_ verb: MemcachedVerb) {
        self.verb = verb
    }

    /// Whether it is a write whose key and value are the arguments.
    public var isWrite: Bool { verb.rawValue >= 4 && verb.rawValue <= 9 }

    /// Whether a value follows the command line.
    var hasValue: Bool { isWrite || verb == .metaSet }
}
