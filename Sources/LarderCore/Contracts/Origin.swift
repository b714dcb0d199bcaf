/// The source of truth behind the levels: a database, an HTTP service, a closure.
///
/// An origin keeps no cache, no retries and no limits: those are the hierarchy's. Calls may come
/// from any task, many at once, and end early when their task is cancelled.
public protocol Origin: Sendable {
    /// The configured name, as failures and metrics show it.
    var name: String { get }

    /// Loads `keys`. The answers are in their order, one for each; `absent` only if the origin said
    /// so. One failed key does not fail the others.
    func load(_ keys: [Key]) async -> [Lookup<Loaded>]

    /// Writes `entries`. The outcomes are in their order, one for each.
    func write(_ entries: [Entry]) async -> [WriteOutcome]

    /// Deletes `keys`. The outcomes are in their order; deleting what is absent is `applied`.
    func remove(_ keys: [Key]) async -> [WriteOutcome]
}

/// What an origin returned for a key.
public struct Loaded: Hashable, Sendable {
    /// The value.
    public var value: [UInt8]
    /// How long the origin says it is fresh; `nil` if the namespace decides.
    public var ttl: Duration?
    /// Names by which it can be banned together with others.
    public var tags: [[UInt8]] = []

    /// A value without a lifetime of its own.
    public init(_ value: [UInt8], ttl: Duration? = nil) {
        self.value = value
        self.ttl = ttl
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
