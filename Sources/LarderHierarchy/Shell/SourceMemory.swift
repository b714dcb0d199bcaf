public import LarderCore

/// What a source knows of the memory level: where keys stand, and a way to fill.
///
/// Any thread calls it, and it must not wait.
public protocol SourceMemory: Sendable {
    /// Where a key stands: equal for two misses with no write, delete or ban in between.
    associatedtype Token: Hashable & Sendable

    /// Whether the key is there and fresh, or known not to exist: since `need.refreshed`, if the
    /// need is to refresh.
    func holds(_ need: Need<Token>) -> Bool

    /// Stores what was loaded, unless the key has moved on from its token.
    func store(_ fill: Fill<Token>) -> Fill<Token>.Outcome

    /// The origin is about to be asked to change a key: the key moves on, so that loads that began
    /// before do not fill. Returns where it stands then.
    func announceWrite(of key: Key) -> Token

    /// Does what became of a change in the origin, and lets the key move on.
    func settle(_ settlement: Settlement<Token>)
}

/// Who is told how loads end.
public protocol SourceObserver: Sendable {
    /// Who waits, in 24 bytes or less.
    associatedtype Waiter: Sendable

    /// A load has ended. Called outside of all locks, on any thread.
    func landed(_ landing: Landing, for waiters: [Waiter])

    /// They have waited too long: whatever they still wait for is given up for them.
    func timedOut(_ waiters: [Waiter], _ failure: SourceFailure)

    /// What the origin has, past memory.
    func bypassed(_ waiter: Waiter, _ outcome: LoadOutcome)
}
