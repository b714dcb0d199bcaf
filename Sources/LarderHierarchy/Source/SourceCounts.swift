import LarderCore

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
    /// Loads whose value memory would not keep: too large, say.
    public var notKept = 0
    /// Loads whose value had not changed.
    public var renewed = 0
    /// Writes to levels that failed.
    public var failedWrites = 0
    /// Writes to levels that took too long.
    public var lateWrites = 0
    /// Bans.
    public var bans = 0
    /// Loads past memory that the origin was asked for.
    public var bypassed = 0
    /// Writes to the origin.
    public var writes = OriginWriteCounts()

    /// Nothing yet.
    public init() {}
}

/// What became of the writes to an origin.
public struct OriginWriteCounts: Hashable, Sendable {
    /// Times that the origin was asked for one.
    public var asked = 0
    /// Those that were asked again, since it had not seen them.
    public var retried = 0
    /// Writes that it took.
    public var applied = 0
    /// Writes that did not happen: it would not, or was not asked.
    public var refused = 0
    /// Writes of which nobody knows: their keys were dropped.
    public var unknown = 0
    /// Those of them that were not answered in time.
    public var timedOut = 0
    /// Writes that wait for a place or for another try, now.
    public var waiting = 0

    /// None yet.
    public init() {}

    mutating func count(_ outcome: WriteOutcome) {
        switch outcome {
        case .applied: applied += 1
        case .refused: refused += 1
        case .unknown: unknown += 1
        }
    }
}
