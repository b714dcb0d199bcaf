public import LarderCore

/// An element of `namespaces`: what holds for the keys of database 0 that have its pattern.
///
/// Values are equal when they mean the same, so that a reload sees what changed.
public struct NamespaceConfiguration: Sendable, Hashable {
    /// As commands, messages and metrics call it. If not given, the words of the pattern:
    /// `user-posts` for `user:{id}:posts:{n}`.
    public var name: String
    /// Which keys belong to it.
    public var match: KeyPattern
    /// Where absent keys are loaded from; nil: nowhere.
    public var origin: NamespaceOrigin?

    /// How long an entry is fresh; nil: for ever. A client's EX wins.
    public var ttl: Duration?
    /// An entry that is not read for so long goes; nil: it may stay.
    public var idle: Duration?
    /// By up to this share a loaded entry expires earlier, so those of one moment do not expire
    /// in one moment.
    public var jitter = Ratio(millionths: 100_000)
    /// How long behind its time an entry is served while it is loaded again.
    public var stale = Duration.zero
    /// How long behind its time an entry is served while the origin fails.
    public var staleIfError = Duration.zero
    /// How long it is kept that the origin has no such key. Short: who makes it elsewhere waits so
    /// long; long enough to stop a storm.
    public var negativeTTL = Duration.seconds(5)
    /// At which share of its time a hit loads an entry again, while it is served; nil: at none.
    public var refreshAt: Ratio? = Ratio(millionths: 900_000)
    /// XFetch's beta: how much earlier than its end an entry that was slow to load may be loaded
    /// again. 1 is what the paper finds best; 0: never early.
    public var earlyRefresh = 1.0
    /// How long a client waits for a load, which goes on when it gives up. Programs give up too
    /// after a few seconds.
    public var wait = Duration.seconds(5)
    /// How long a load may take; nil: what the origin has for it.
    public var timeout: Duration?
    /// How long who got the right to load a key may keep it without a sign of life.
    public var lease = Duration.seconds(30)

    /// What a write does.
    public var write = WriteMode.cache
    /// When what a level below returned is kept in memory.
    public var placement = Placement.first
    /// How much its entries are wanted kept.
    public var priority = Priority.normal
    /// The share of memory that the optimiser may give it; nil: any.
    public var budget: ClosedRange<Ratio>?
    /// Whether anything is kept at all.
    public var caching = Caching.yes

    /// What a write does.
    public enum WriteMode: String, Sendable, Hashable, CaseIterable {
        /// It changes the levels. The default for what cannot be written to an origin.
        case cache
        /// The origin first, then the levels. The default with an origin that has a `set`.
        case through
        /// The origin only; the levels drop the key.
        case around
        /// The levels drop the key: the program has written to the origin itself.
        case invalidate
    }

    /// When what a level below returned is kept in memory.
    public enum Placement: String, Sendable, Hashable, CaseIterable {
        /// At the first hit.
        case first
        /// At the second hit.
        case second
        case never
    }

    /// Whether anything is kept.
    public enum Caching: String, Sendable, Hashable, CaseIterable {
        case yes, never
    }

    /// Most namespaces: a file has no room for more.
    public static let countMax = 10_000

    /// The keys of `match`, with the defaults.
    public init(name: String, match: KeyPattern) {
        self.name = name
        self.match = match
    }
}

/// How a namespace uses its origin.
public struct NamespaceOrigin: Sendable, Hashable {
    /// The name of the origin.
    public var use: String
    /// What loads one key.
    public var get: QueryTemplate
    /// What loads many keys at once: columns of the key first, then the value.
    public var getMany: QueryTemplate?
    /// What writes a key.
    public var set: QueryTemplate?
    /// What deletes a key.
    public var delete: QueryTemplate?
    /// The column, or header, that has an entry's tags, separated by blanks; nil: none in SQL,
    /// `Surrogate-Key` in HTTP.
    public var tags: String?
    /// Whether the origin's Cache-Control says how long an entry is fresh.
    public var cacheControl = CacheControl.ignore

    /// What becomes of an origin's Cache-Control. Ignored by default: who sets a TTL means it.
    public enum CacheControl: String, Sendable, Hashable, CaseIterable {
        case ignore, follow
    }

    /// What loads one key from the origin `use`.
    public init(use: String, get: QueryTemplate) {
        self.use = use
        self.get = get
    }
}
