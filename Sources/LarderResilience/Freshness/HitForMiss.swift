public import LarderCore

/// Keys whose loads could not be stored: too large, refused, or changed too often.
///
/// To queue behind the load of such a key is in vain, since it leaves nothing behind: its readers
/// would go one after the other. Varnish calls the memory of them hit-for-miss [1]: for a while
/// each reader loads for itself. Bounded: when it is full, the key that would be forgotten soonest
/// is.
///
/// [1] Varnish, Uncacheable content, https://varnish-cache.org/docs/trunk/users-guide
public struct HitForMiss<Key: Hashable & Sendable>: Sendable {
    private let duration: Duration
    private var keys: ExpiringTable<Key, Void>

    /// A memory of at most `capacity` keys, each for `duration`. Ten seconds: a key that can be
    /// stored again soon is.
    public init(capacity: Int = 10_000, duration: Duration = .seconds(10)) {
        self.duration = duration
        keys = ExpiringTable(capacity: capacity)
    }

    /// How many keys are remembered.
    public var count: Int { keys.count }

    /// How often a key was forgotten early because the memory was full.
    public var overflowCount: Int { keys.overflowCount }

    /// Whether the readers of `key` should not wait for each other.
    ///
    /// - Complexity: O(1).
    public func contains(_ key: Key, at now: Tick) -> Bool { keys.value(of: key, at: now) != nil }

    /// Notes that what was loaded for `key` could not be stored.
    ///
    /// - Complexity: O(log n).
    public mutating func insert(_ key: Key, at now: Tick) {
        keys.set(key, (), until: now.advanced(by: duration), at: now)
    }

    /// Notes that `key` could be stored.
    ///
    /// - Complexity: O(log n).
    public mutating func remove(_ key: Key) { keys.remove(key) }
}
