/// What a source has done.
public struct SourceCounts: Hashable, Sendable {
    /// Loads that were started.
    public var started = 0
    /// Needs that joined one.
    public var joined = 0
    /// Needs with somebody who waits.
    public var waited = 0
    /// Needs that were refused, since too many waited.
    public var refused = 0
    /// Needs of keys whose load had just failed.
    public var postponed = 0
    /// Waiters whose time was over.
    public var timedOut = 0
    /// Waiters that went away.
    public var cancelled = 0
    /// Keys that the origin was asked for, each time.
    public var asked = 0
    /// Questions to the origin that were asked again.
    public var retried = 0
    /// Loads that failed.
    public var failed = 0
    /// Loads whose result was stored.
    public var filled = 0
    /// Loads whose key had moved meanwhile.
    public var moved = 0

    /// Loads whose value had not changed.
    public var renewed = 0
    /// Writes to levels that failed.
    public var failedWrites = 0
    /// Writes to levels that took too long.
    public var lateWrites = 0
    /// Bans.
    public var bans = 0

    /// Nothing yet.
    public init() {}
}
