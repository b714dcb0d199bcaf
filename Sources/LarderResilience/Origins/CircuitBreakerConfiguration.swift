public import LarderCore

/// When a circuit breaker opens, and how it finds out that it may close.
public struct CircuitBreakerConfiguration: Hashable, Sendable {
    /// How far back the share of failures looks. One second: a dead origin under load is then known
    /// as such within a second, whatever it did before.
    public var window = Duration.seconds(1)
    /// Calls in the window below which their share means nothing. 20: with fewer, half of them
    /// failing may be chance.
    public var callsMin = 20
    /// Share of failures that opens. Half: an origin that fails less often is still worth asking.
    public var failureShare = Ratio(millionths: 500_000)
    /// Failures in a row that open when the origin is rarely asked, or silent. Five: a lost packet
    /// or a restarting replica must not cut it off.
    public var failuresInARow = 5
    /// Failures in a row that open when the first of them is `failingTime` ago. Three: where calls
    /// hang, few of them end.
    public var failuresOverTime = 3
    /// How long less than `failuresInARow` must have come. 400 ms: longer than the retries of one
    /// load take, and short enough that an origin which hangs is known as such within a second if
    /// calls fail after half a one.
    public var failingTime = Duration.milliseconds(400)
    /// How long ago the last success must be for failures in a row to open. 100 ms: at a thousand
    /// calls a second of which one in five fails, five in a row come every few seconds by chance.
    public var silence = Duration.milliseconds(100)
    /// How long it stays open: doubles as long as the probes fail, with jitter. From a second, long
    /// enough for a restart to make progress, to half a minute, short enough for users to bear.
    public var openDuration = Backoff(
        first: .seconds(1), longest: .seconds(30), least: .milliseconds(100))
    /// Whether failed probes double it too, and not only that it opens again soon after it closed.
    public var probesDouble = true
    /// Probes per round, all of which must succeed to close. Three: one success may be luck.
    public var probeCount = 3
    /// How long a round of probes may take. Ten seconds: beyond every sensible timeout, so it only
    /// matters when the outcome of a probe was lost.
    public var probeDuration = Duration.seconds(10)

    /// The defaults.
    public init() {}

    /// - Complexity: O(1).
    /// - Throws: `OutOfBounds` for the first property that is.
    public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("window", window, in: .milliseconds(10) ... .seconds(3600))
        try OutOfBounds.check("callsMin", callsMin, in: 1...1_000_000)
        try OutOfBounds.check("failureShare", failureShare.millionths, in: 1...1_000_000)
        try OutOfBounds.check("failuresInARow", failuresInARow, in: 1...10_000)
        try OutOfBounds.check("failuresOverTime", failuresOverTime, in: 1...10_000)
        try OutOfBounds.check("failingTime", failingTime, in: .zero ... .seconds(3600))
        try OutOfBounds.check("silence", silence, in: .zero ... .seconds(3600))
        try openDuration.validate()
        try OutOfBounds.check("probeCount", probeCount, in: 1...1000)
        try OutOfBounds.check(
            "probeDuration", probeDuration, in: .milliseconds(1) ... .seconds(3600))
    }
}
