/// The source of truth behind the levels: a database, an HTTP service, a closure.
///
/// An origin keeps no cache and no retries, and decides nothing about them: those are the
/// hierarchy's. It does keep its own time limit and its own bound of what it does at once, so that
/// each call ends. Calls may come from any task, many at once, and end early when their task is
/// cancelled.
public protocol Origin: Sendable {
    /// The configured name, as failures and metrics show it.
    var name: String { get }

    /// Loads what is asked for. The answers are in the order of the requests, one for each;
    /// `absent` only if the origin said so. One failed key does not fail the others.
    func load(_ requests: [LoadRequest]) async -> [LoadOutcome]

    /// Writes `entries`. The outcomes are in their order, one for each.
    func write(_ entries: [Entry]) async -> [WriteOutcome]

    /// Deletes `keys`. The outcomes are in their order; deleting what is absent is `applied`.
    func remove(_ keys: [Key]) async -> [WriteOutcome]

    /// Somebody else has changed what `scope` names. An origin with replicas asks the primary for
    /// it for a while. It returns at once.
    func invalidated(_ scope: Ban.Scope)
}

extension Origin {
    /// Loads keys of which nothing is known yet.
    public func load(_ keys: [Key]) async -> [LoadOutcome] {
        await load(keys.map { LoadRequest($0) })
    }

    /// Nothing: an origin of one place has only one answer.
    public func invalidated(_ scope: Ban.Scope) {}
}

/// One key to load.
public struct LoadRequest: Hashable, Sendable {
    /// What to load.
    public var key: Key
    /// What the origin said about the value that is still at hand; then it may answer
    /// `notModified`.
    public var validator: Validator?

    /// Asks for `key`, or for its change since `validator`.
    public init(_ key: Key, validator: Validator? = nil) {
        self.key = key
        self.validator = validator
    }
}

/// By what an origin recognises a value that it gave before. It travels with the entry.
public struct Validator: Hashable, Sendable {
    /// HTTP's ETag with its quotes, as the origin sent it; empty if there is none.
    public var tag: [UInt8]
    /// HTTP's Last-Modified, as the origin sent it; empty if there is none.
    public var modified: [UInt8]

    /// A longer one is not kept: it would cost each entry more than a reload now and then.
    public static var byteCountMax: Int { 256 }

    /// `nil` when there is neither, or more than is kept.
    public init?(tag: [UInt8], modified: [UInt8]) {
        let count = tag.count + modified.count
        guard count > 0, count <= Self.byteCountMax else { return nil }
        self.tag = tag
        self.modified = modified
    }
}

/// What came of loading one key.
public enum LoadOutcome: Hashable, Sendable {
    case loaded(Loaded)
    /// The value of the request's validator still holds, for this long.
    case notModified(LoadedLifetime)
    /// The origin is sure that there is none.
    case absent
    /// Nobody knows.
    case failed(SourceFailure)
}

/// How long an origin wants its answer kept. Without a word of the origin the namespace decides.
public struct LoadedLifetime: Hashable, Sendable {
    /// How long it is fresh; `nil` if the namespace decides.
    public var ttl: Duration?
    /// How long after that it may be served while it is refreshed.
    public var stale: Duration?
    /// How long after that it may be served while the origin fails.
    public var staleIfError: Duration?
    /// Whether it may be kept at all: if not, it is for those who wait for it.
    public var isCacheable = true

    /// What the namespace says.
    public init(ttl: Duration? = nil) {
        self.ttl = ttl
    }
}

/// What an origin returned for a key.
public struct Loaded: Hashable, Sendable {
    /// The value.
    public var value: [UInt8]
    /// How long it is good.
    public var lifetime: LoadedLifetime
    /// Names by which it can be banned together with others. At most `Entry.tagCountMax`.
    public var tags: [[UInt8]] = []
    /// The client's, opaque (memcached); 0 unless the origin is one that keeps them.
    public var flags: UInt32 = 0
    /// By what to ask for its change.
    public var validator: Validator?

    /// A value; without a `ttl` the namespace decides.
    public init(_ value: [UInt8], ttl: Duration? = nil) {
        self.value = value
        lifetime = LoadedLifetime(ttl: ttl)
    }
}

/// What became of one write to an origin.
public enum WriteOutcome: Hashable, Sendable {
    case applied
    /// It did not happen.
    case refused(SourceFailure)
    /// It may have happened: the key must be dropped everywhere.
    case unknown(SourceFailure)
}
