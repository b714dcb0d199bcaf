public import LarderCore

/// How many loads an origin bears at once, found out from how long they take: Gradient2 of
/// Netflix's concurrency-limits [1].
///
/// When the time of recent loads grows against its long average, they queue in the origin, and the
/// limit shrinks by that ratio; else it grows by a few places. Once per window:
///
///     short    = mean time in the window
///     long     = moving average of short
///     gradient = clamp(tolerance * long / short, 0.5, 1)
///     limit   += smoothing * (limit * gradient + growth - limit)
///
/// Not TCP Vegas [2], the other candidate: it compares with the smallest time ever seen. The keys
/// of one origin cost very different times, so the smallest is that of its cheapest query, and
/// Vegas would take all others for queueing. The price is that the long average follows an overload
/// that lasts for minutes; the limit's own maximum, which the operator sets, is not passed.
///
/// Where we differ: loads that the origin refused or that timed out have no time worth averaging;
/// a window with one shrinks the limit by a tenth (AIMD). The limit does not grow while less than
/// half of it is used, as there.
///
/// [1] Netflix, concurrency-limits, Gradient2Limit, https://github.com/Netflix/concurrency-limits
/// [2] L. Brakmo, L. Peterson, TCP Vegas, IEEE JSAC 13(8), 1995, https://doi.org/10.1109/49.464716
public struct ConcurrencyLimit: Hashable, Sendable {
    /// Between what the limit moves, and how fast.
    public struct Configuration: Hashable, Sendable {
        /// Never fewer at once: with too few, nothing is learnt any more.
        public var least = 4
        /// Never more at once. 64: what a database of moderate size bears.
        public var most = 64
        /// Where it begins.
        public var first = 16
        /// How much longer than the average is no sign of a queue.
        public var tolerance = 1.5
        /// Places by which it grows per window, before smoothing.
        public var growth = 4
        /// Share of the way to the new value that is taken per window.
        public var smoothing = 0.2
        /// A window lasts at least so long, and holds at least `samplesMin` loads.
        public var window = Duration.milliseconds(100)
        /// Loads in a window; a mean of fewer says little.
        public var samplesMin = 10
        /// Windows that the long average looks back: a minute, at 100 ms each.
        public var longWindows = 600

        /// The defaults.
        public init() {}

        /// - Throws: `OutOfBounds` for the first property that is.
        public func validate() throws(OutOfBounds) {
            try OutOfBounds.check("least", least, in: 1...100_000)
            try OutOfBounds.check("most", most, in: least...100_000)
            try OutOfBounds.check("first", first, in: least...most)
            try OutOfBounds.check("tolerance", tolerance, in: 1...10)
            try OutOfBounds.check("growth", growth, in: 1...1000)
            try OutOfBounds.check("smoothing", smoothing, in: 0.01...1)
            try OutOfBounds.check("window", window, in: .milliseconds(1) ... .seconds(60))
            try OutOfBounds.check("samplesMin", samplesMin, in: 1...100_000)
            try OutOfBounds.check("longWindows", longWindows, in: 2...100_000)
        }
    }

    /// How a load ended.
    public enum Outcome: Hashable, Sendable {
        /// It was answered, and took so long.
        case answered(after: Duration)
        /// It timed out, or the origin said that it has too much to do.
        case overloaded
        /// Cancelled, refused for other reasons, not made: its time says nothing.
        case none
    }

    private struct Window: Hashable {
        var start: Tick
        var nanoseconds: Double = 0
        var samples = 0
        var mostInFlight = 0
        var overloaded = false
    }

    /// Windows of which the long average is the plain mean, before it becomes a moving one.
    private static let warmUp = 10

    private let configuration: Configuration
    private var estimate: Double
    private var longAverage: Double = 0
    private var windowCount = 0
    private var window: Window

    /// Loads that have a place now.
    public private(set) var inFlight = 0

    /// A limit that begins at `configuration.first`.
    ///
    /// - Throws: `OutOfBounds`.
    public init(_ configuration: Configuration = .init(), at now: Tick) throws(OutOfBounds) {
        try configuration.validate()
        self.configuration = configuration
        estimate = Double(configuration.first)
        window = Window(start: now)
    }

    /// How many loads may have a place at once.
    public var limit: Int { Int(estimate) }

    /// The largest that `limit` can become.
    public var most: Int { configuration.most }

    /// Whether one more may have a place, when no more than `cap` may have one at all.
    public func hasRoom(atMost cap: Int = .max) -> Bool { inFlight < min(limit, cap) }

    /// Gives a load a place. Each place is to be given back by `leave`.
    ///
    /// - Complexity: O(1).
    public mutating func enter() {
        inFlight += 1
        window.mostInFlight = max(window.mostInFlight, inFlight)
    }

    /// Takes the place back, and learns from how the load ended.
    ///
    /// - Complexity: O(1).
    public mutating func leave(_ outcome: Outcome, at now: Tick) {
        precondition(inFlight > 0, "A place is given back once.")
        inFlight -= 1
        switch outcome {
        case .answered(let time):
            window.nanoseconds += Double(max(time.tickNanoseconds, 1))
            window.samples += 1
        case .overloaded:
            window.overloaded = true
        case .none:
            return
        }
        let age = now.nanoseconds(since: window.start)
        guard age >= configuration.window.tickNanoseconds else { return }
        guard window.overloaded || window.samples >= configuration.samplesMin else { return }
        learn(from: window)
        window = Window(start: now, mostInFlight: inFlight)
    }

    private mutating func learn(from window: Window) {
        if window.samples > 0 { average(window.nanoseconds / Double(window.samples)) }
        if window.overloaded {
            move(to: estimate * 0.9)
        } else if Double(window.mostInFlight) >= estimate / 2 {
            let short = window.nanoseconds / Double(window.samples)
            let gradient = min(max(configuration.tolerance * longAverage / short, 0.5), 1)
            let aim = estimate * gradient + Double(configuration.growth)
            move(to: estimate + configuration.smoothing * (aim - estimate))
        }
    }

    private mutating func average(_ short: Double) {
        windowCount += 1
        let weight =
            windowCount <= Self.warmUp
            ? 1 / Double(windowCount) : 2 / Double(configuration.longWindows + 1)
        longAverage += weight * (short - longAverage)
        // After an overload the average would stay high for minutes, and hide the next one.
        if longAverage > 2 * short { longAverage *= 0.95 }
    }

    private mutating func move(to value: Double) {
        estimate = min(max(value, Double(configuration.least)), Double(configuration.most))
    }
}
