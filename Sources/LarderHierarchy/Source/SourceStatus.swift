import LarderResilience

/// How a source is at a moment, for who watches it.
public struct SourceStatus: Hashable, Sendable {
    /// Whether the origin may be asked as usual.
    public enum Breaker: String, Sendable {
        case closed
        /// It failed; a few are let through to find out whether it is back.
        case open
    }

    /// Its origin's name.
    public let name: String
    /// What it has done.
    public let counts: SourceCounts
    /// Loads that have begun and not ended.
    public let loads: Int
    /// Clients that wait for them, a client for several keys as often.
    public let waiters: Int
    /// Bytes that the waiters' storage holds.
    public let waiterBytes: Int
    /// Questions that the origin has not answered yet.
    public let inFlight: Int
    /// Most of them at once, as learnt from how long they take.
    public let limit: Int
    /// Questions that wait for a place.
    public let queued: Int
    /// Questions that found no place in the queue.
    public let queueFull: Int
    /// Questions that waited there in vain.
    public let queueDropped: Int
    /// Whether the origin is asked.
    public let breaker: Breaker
    /// How often it was found to be failing.
    public let breakerOpened: Int
    /// Questions that were not asked since it was failing.
    public let breakerRefused: Int
}

extension SourceCore {
    /// How it is now.
    ///
    /// - Complexity: O(1).
    public var status: SourceStatus {
        SourceStatus(
            name: configuration.name, counts: counts, loads: loadCount, waiters: waiterCount,
            waiterBytes: waiterBytes, inFlight: gate.limit.inFlight, limit: gate.limit.limit,
            queued: gate.queue.count, queueFull: gate.queue.fullCount,
            queueDropped: gate.queue.droppedCount, breaker: breaker.isClosed ? .closed : .open,
            breakerOpened: breaker.openedCount, breakerRefused: breaker.refusedCount)
    }
}
