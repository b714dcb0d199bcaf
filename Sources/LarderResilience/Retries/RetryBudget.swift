public import LarderCore

/// Keeps retries a small share of the requests, so that they cannot keep an origin down that
/// stumbled once: with three tries each, a dead origin would get three times its load.
///
/// A token bucket, as in Finagle [1] and gRPC [2]: each request puts a share of a token in, each
/// retry takes a whole one out. A trickle by time lets those retry who rarely ask. So for every
/// span of time
///
///     retries <= capacity + share * requests + perSecond * seconds
///
/// Where we differ: Finagle's tokens age after 10 s; ours do not, the bucket is small instead.
///
/// [1] Finagle, RetryBudget, https://twitter.github.io/finagle/guide/Clients.html#retries
/// [2] gRPC proposal A6, https://github.com/grpc/proposal/blob/master/A6-client-retries.md
public struct RetryBudget: Hashable, Sendable {
    /// How much may be retried.
    public struct Configuration: Hashable, Sendable {
        /// Retries per request in the long run. 10 %: a dead origin sees a tenth more load.
        public var share = Ratio(millionths: 100_000)
        /// Retries per second for those who rarely ask.
        public var perSecond = 1
        /// Retries that may come at once. Ten: a lost connection fails about so many loads.
        public var capacity = 10

        /// The defaults.
        public init() {}

        /// - Throws: `OutOfBounds` for the first property that is.
        public func validate() throws(OutOfBounds) {
            try OutOfBounds.check("perSecond", perSecond, in: 0...100_000)
            try OutOfBounds.check("capacity", capacity, in: 1...1_000_000)
        }
    }

    /// A token, in the unit in which the share of one request and of one microsecond are whole.
    private static let token: Int128 = 1_000_000_000_000

    private let configuration: Configuration
    private var level: Int128
    private var filled: Tick

    /// How many retries were refused.
    public private(set) var refusedCount = 0

    /// A full budget.
    ///
    /// - Throws: `OutOfBounds`.
    public init(_ configuration: Configuration = .init(), at now: Tick) throws(OutOfBounds) {
        try configuration.validate()
        self.configuration = configuration
        level = Int128(configuration.capacity) * Self.token
        filled = now
    }

    /// Notes a request that is not a retry.
    ///
    /// - Complexity: O(1).
    public mutating func noteRequest() {
        add(Self.token / 1_000_000 * Int128(configuration.share.millionths))
    }

    /// Whether one retry may be made now; if so, it is paid.
    ///
    /// - Complexity: O(1).
    public mutating func takeRetry(at now: Tick) -> Bool {
        let microseconds = now.nanoseconds(since: filled) / 1000
        filled = filled.advanced(nanoseconds: microseconds * 1000)
        add(Self.token / 1_000_000 * Int128(configuration.perSecond) * Int128(microseconds))
        guard level >= Self.token else {
            refusedCount += 1
            return false
        }
        level -= Self.token
        return true
    }

    private mutating func add(_ amount: Int128) {
        level = min(level + amount, Int128(configuration.capacity) * Self.token)
    }
}
