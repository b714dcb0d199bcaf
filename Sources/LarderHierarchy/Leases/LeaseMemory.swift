public import LarderCore
public import LarderResilience

/// What a lease desk asks of memory. Any thread calls it, and it must not wait.
public protocol LeaseMemory: Sendable {
    /// Follows a key from when it was made, and knows whether the key was written, deleted or
    /// banned since.
    associatedtype Mark: Sendable

    /// Begins to follow `key`.
    func mark(_ key: Key) -> Mark

    /// Nobody asks for `mark` any more. Called once for each.
    func end(_ mark: Mark)

    /// Whether nothing has happened to the key of `mark`.
    func isCurrent(_ mark: Mark) -> Bool

    /// Whether there is something to read for `key`, so that nobody need load it.
    func holds(_ key: Key) -> Bool
}

/// Who is told about leases.
public protocol LeaseObserver: Sendable {
    /// Who waits, in 32 bytes or less.
    associatedtype Waiter: Sendable

    /// They are to read the key, load it by the lease they have now, or give up. Called outside of
    /// all locks, on any thread.
    ///
    /// - Returns: Those of `wakes` whose waiters are gone; their leases pass on.
    func woken(
        _ wakes: [LeaseTable<Key, Waiter>.Wake]
    ) -> [LeaseTable<Key, Waiter>.Wake]
}

/// The right to set one key, as the one who sets it sees it.
public struct LeaseGrant<Mark: Sendable>: Sendable {
    /// Follows the key since the lease was given.
    public let mark: Mark
    /// When it was given.
    public let since: Tick
}

/// Why a holder's value was not stored.
public enum LeaseLoss: Error, Hashable {
    /// The key was written, deleted or banned since the lease was given.
    case outdated
    /// The lease is over, or was another's.
    case ended
}

/// What a desk has and has done.
public struct LeaseCounts: Hashable, Sendable {
    /// Leases held.
    public internal(set) var leases = 0
    /// Clients that wait.
    public internal(set) var waiters = 0
    /// Bytes for those who wait.
    public internal(set) var waiterBytes = 0
    /// Leases given so far.
    public internal(set) var granted = 0
    /// Leases that ended by time.
    public internal(set) var expired = 0
    /// Requests that a bound refused.
    public internal(set) var refused = 0
}
