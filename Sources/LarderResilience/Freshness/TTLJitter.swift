public import LarderCore

/// Spreads the expiry of entries that were loaded together, so that they do not all load again
/// together.
///
/// It only shortens: nothing lives longer than its namespace or its origin said. For fills only;
/// what a client writes with an expiry has exactly that.
public struct TTLJitter: Hashable, Sendable {
    /// The largest part of a TTL that is taken away.
    public var share: Ratio

    /// Takes up to `share` away.
    public init(share: Ratio) {
        self.share = share
    }

    /// A TTL from `ttl` less the share up to `ttl`, evenly drawn.
    ///
    /// - Complexity: O(1).
    public func applied(
        to ttl: Duration, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let whole = ttl.tickNanoseconds
        let most = UInt64(Int128(whole) * Int128(share.millionths) / 1_000_000)
        return Duration(tickNanoseconds: whole - .random(in: 0...most, using: &random))
    }
}
