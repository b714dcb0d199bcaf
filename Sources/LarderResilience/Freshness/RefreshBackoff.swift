public import LarderCore

/// Keys whose refresh failed: the stale copy stays, and the next try waits longer each time.
///
/// Bounded: when it is full, the key that may try again soonest is forgotten and may try at once,
/// which the origin's limit and breaker bear.
public struct RefreshBackoff<Key: Hashable & Sendable>: Sendable {
    /// How long after a failure a key's number of failures is remembered, in ceilings of its wait.
    private static var memory: UInt64 { 4 }

    private struct Failures {
        var count: Int
        var tryAt: Tick
    }

    private let backoff: Backoff
    private var keys: ExpiringTable<Key, Failures>

    /// A memory of at most `capacity` keys.
    public init(
        capacity: Int = 10_000,
        backoff: Backoff = Backoff(
            first: .seconds(1), longest: .seconds(60), least: .milliseconds(500))
    ) {
        self.backoff = backoff
        keys = ExpiringTable(capacity: capacity)
    }

    /// How many keys are remembered.
    public var count: Int { keys.count }

    /// How often a key was forgotten early because the memory was full.
    public var overflowCount: Int { keys.overflowCount }

    /// Whether a refresh of `key` may be tried now.
    ///
    /// - Complexity: O(1).
    public func mayTry(_ key: Key, at now: Tick) -> Bool {
        keys.value(of: key, at: now).map { $0.value.tryAt <= now } ?? true
    }

    /// Notes that a refresh of `key` failed, and returns when the next may be tried.
    ///
    /// - Complexity: O(log n).
    @discardableResult
    public mutating func noteFailure(
        of key: Key, at now: Tick, using random: inout some RandomNumberGenerator
    ) -> Tick {
        let before = keys.value(of: key, at: now)?.value.count ?? 0
        let tryAt = now.advanced(by: backoff.wait(after: before, using: &random))
        let ceiling = backoff.ceiling(after: before).tickNanoseconds
        let end = now.advanced(nanoseconds: min(ceiling, .max / Self.memory) * Self.memory)
        keys.set(key, Failures(count: before + 1, tryAt: tryAt), until: end, at: now)
        return tryAt
    }

    /// Notes that `key` was loaded or written.
    ///
    /// - Complexity: O(log n).
    public mutating func noteSuccess(of key: Key) { keys.remove(key) }
}
