public import LarderCore

/// After a restart the cache is cold and everything misses at once; after an outage the origin is
/// cold itself. So its limit begins small and grows to the whole over a while.
///
/// Linear, as in Envoy's slow start mode with aggression 1 [1].
///
/// [1] Envoy, Slow start mode, https://www.envoyproxy.io/docs/envoy/latest (Architecture overview,
///     Upstream clusters, Load balancing)
public struct SlowStart: Hashable, Sendable {
    /// Share of the limit at the beginning. 25 %: enough to warm the cache from the first moment.
    public var first: Ratio
    /// How long it takes to reach the whole limit. 5 s: a few hundred loads of 20 ms per place.
    public var duration: Duration
    private var start: Tick

    /// A slow start that begins at `now`. With a `duration` of zero there is none.
    public init(
        first: Ratio = Ratio(millionths: 250_000), duration: Duration = .seconds(5), at now: Tick
    ) {
        self.first = first
        self.duration = duration
        start = now
    }

    /// Begins again: the origin is back after an outage.
    public mutating func restart(at now: Tick) { start = now }

    /// The share of `limit` that may be used at `now`, never less than one.
    ///
    /// - Complexity: O(1).
    public func cap(of limit: Int, at now: Tick) -> Int {
        let (elapsed, whole) = (now.nanoseconds(since: start), duration.tickNanoseconds)
        guard elapsed < whole else { return limit }
        let progress = Double(elapsed) / Double(whole)
        let share = first.fraction + (1 - first.fraction) * progress
        return max(1, Int(Double(limit) * share))
    }

    /// When `cap(of: limit)` grows next, or `nil` if it is whole.
    ///
    /// - Complexity: O(1).
    public func nextGrowth(of limit: Int, at now: Tick) -> Tick? {
        let whole = duration.tickNanoseconds
        guard now.nanoseconds(since: start) < whole, limit > 0 else { return nil }
        // One place more takes at most this long; at least a millisecond, so that timers rest.
        return now.advanced(nanoseconds: max(whole / UInt64(limit), 1_000_000))
    }
}
