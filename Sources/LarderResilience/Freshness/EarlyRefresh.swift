import Glibc
public import LarderCore

/// Renews an entry before it expires, so that nobody waits for the load: XFetch [1].
///
/// Each reader throws a die that is the likelier to come up the closer the end is. One reader of
/// many then loads early, without their talking to each other:
///
///     refresh if now - cost * beta * ln(random in (0, 1]) >= expires
///
/// `cost` is the measured time of the last load: what takes long begins early. With `beta` 1 this
/// is optimal in the paper's sense; above 1 it is more cautious.
///
/// Where we differ: an entry older than the namespace's share `refreshAt` of its TTL is refreshed
/// by its next reader, without a die.
///
/// [1] A. Vattani, F. Chierichetti, K. Lowenstein, Optimal Probabilistic Cache Stampede Prevention,
///     PVLDB 8(8), 2015, https://doi.org/10.14778/2757807.2757813
public struct EarlyRefresh: Hashable, Sendable {
    /// The refresh of a key that is read 20 million times before this many costs is due once.
    private static let horizon = 17.0

    /// Above 1 refreshes earlier, below later; 0 never throws the die.
    public var beta: Double
    /// Share of the TTL after which a read refreshes. 90 %.
    public var refreshAt: Ratio

    /// What the namespace says, or the defaults.
    public init(beta: Double = 1, refreshAt: Ratio = Ratio(millionths: 900_000)) {
        self.beta = beta
        self.refreshAt = refreshAt
    }

    /// - Throws: `OutOfBounds` for the first property that is.
    public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("beta", beta, in: 0...100)
    }

    /// Whether who reads at `now` an entry that is not expired should have it refreshed.
    ///
    /// - Complexity: O(1).
    public func isDue(
        at now: Tick, created: Tick, expires: Tick, cost: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Bool {
        if now >= shareEnd(created: created, expires: expires) { return true }
        let left = Double(expires.nanoseconds(since: now))
        let scale = Double(cost.tickNanoseconds) * beta
        guard left < scale * Self.horizon else { return false }
        // In (0, 1]: the logarithm of 0 would refresh everything.
        let chance = 1 - Double.random(in: 0..<1, using: &random)
        return scale * -log(chance) >= left
    }

    /// From when on `isDue` makes sense: before, it is false but for one read in 20 million. What
    /// marks an entry as close to its expiry.
    ///
    /// - Complexity: O(1).
    public func begin(created: Tick, expires: Tick, cost: Duration) -> Tick {
        let ahead = Double(cost.tickNanoseconds) * beta * Self.horizon
        let ttl = expires.nanoseconds(since: created)
        let early =
            ahead < Double(ttl) ? created.advanced(nanoseconds: ttl - UInt64(ahead)) : created
        return min(early, shareEnd(created: created, expires: expires))
    }

    private func shareEnd(created: Tick, expires: Tick) -> Tick {
        let ttl = Int128(expires.nanoseconds(since: created))
        let share = ttl * Int128(refreshAt.millionths) / 1_000_000
        return created.advanced(nanoseconds: UInt64(share))
    }
}
