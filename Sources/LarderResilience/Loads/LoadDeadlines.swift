public import LarderCore

/// How long a load may take, as three times that mean different things.
///
///     start ──────── soft ───────────────── hard
///       │  waiters wait │ they get stale or   │ the load is given up
///       │               │ an error; it goes on│
///
/// A waiter waits until the soft end or for its own limit, whichever is first. One attempt at the
/// origin takes at most the origin's timeout, and never passes the hard end; nor does a retry begin
/// after it.
public struct LoadDeadlines: Hashable, Sendable, BitwiseCopyable {
    /// When waiters are answered without the load.
    public let soft: Tick
    /// When the load is given up.
    public let hard: Tick

    /// The ends of a load that starts at `start`. `soft` is never after `hard`.
    public init(start: Tick, soft: Duration, hard: Duration) {
        self.hard = start.advanced(by: hard)
        self.soft = min(start.advanced(by: soft), self.hard)
    }

    /// When who comes at `now` and waits at most `limit` gives up.
    ///
    /// - Complexity: O(1).
    public func waiterEnd(at now: Tick, limit: Duration) -> Tick {
        min(max(soft, now), now.advanced(by: limit))
    }

    /// When an attempt that begins at `now` ends, or `nil` if none may begin.
    ///
    /// - Complexity: O(1).
    public func attemptEnd(at now: Tick, timeout: Duration) -> Tick? {
        now < hard ? min(hard, now.advanced(by: timeout)) : nil
    }
}
