public import LarderCore

/// How long to wait before trying again.
///
/// Exponential, with full jitter [1]: the ceiling doubles with every failure, and the wait is drawn
/// evenly from below it. Clients that failed together then come back spread out, while waits that
/// only double make them meet again and again.
///
///     ceiling = min(longest, first * 2^failures)
///     wait    = random(least ... ceiling)
///
/// Where we differ: `least` may be above 0, for those who must not try again at once (a breaker,
/// the refresh of a key).
///
/// [1] M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015,
///     https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
public struct Backoff: Hashable, Sendable {
    /// Ceiling after the first failure. 50 ms: about one round trip to a busy database.
    public var first = Duration.milliseconds(50)
    /// Ceiling of all ceilings.
    public var longest = Duration.seconds(2)
    /// No wait is shorter; at most `first`.
    public var least = Duration.zero

    /// A backoff with the defaults.
    public init() {}

    /// A backoff from `first` to `longest`, never below `least`.
    public init(first: Duration, longest: Duration, least: Duration = .zero) {
        self.first = first
        self.longest = longest
        self.least = least
    }

    /// - Throws: `OutOfBounds` for the first property that is.
    public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("first", first, in: .milliseconds(1) ... .seconds(3600))
        try OutOfBounds.check("longest", longest, in: first ... .seconds(86_400))
        try OutOfBounds.check("least", least, in: .zero...first)
    }

    /// The longest wait after `failures` earlier failures.
    ///
    /// - Complexity: O(1).
    public func ceiling(after failures: Int) -> Duration {
        let base = first.tickNanoseconds
        let room = base.leadingZeroBitCount
        guard failures < room else { return longest }
        return min(longest, Duration(tickNanoseconds: base << UInt64(max(failures, 0))))
    }

    /// A wait after `failures` earlier failures.
    ///
    /// - Complexity: O(1).
    public func wait(
        after failures: Int, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let ceiling = ceiling(after: failures).tickNanoseconds
        let floor = min(least.tickNanoseconds, ceiling)
        return Duration(tickNanoseconds: .random(in: floor...ceiling, using: &random))
    }

    /// When to try again, or `nil` if that would not be before `deadline`.
    ///
    /// - Complexity: O(1).
    public func next(
        after failures: Int, at now: Tick, before deadline: Tick,
        using random: inout some RandomNumberGenerator
    ) -> Tick? {
        let next = now.advanced(by: wait(after: failures, using: &random))
        return next < deadline ? next : nil
    }
}
