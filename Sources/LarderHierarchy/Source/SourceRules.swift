public import LarderCore

/// How the entries of one namespace are loaded, and how long they live.
public struct SourceRules: Hashable, Sendable {
    /// Which entries come into memory from a level below.
    public enum Placement: Hashable, Sendable {
        /// Each that was asked for.
        case onFirstHit
        /// Those that are asked for again soon.
        case onSecondHit
        case never
    }

    /// How long a value is fresh, if the origin does not say; `nil` for ever.
    public var ttl: Duration?
    /// Largest share of the ttl that a fill takes off. 10 %: enough to spread a minute's keys over
    /// six seconds.
    public var jitter = Ratio(millionths: 100_000)
    /// How long after its expiry a value may still be served while it is refreshed.
    public var stale = Duration.zero
    /// How long after its expiry a value may be served when the origin fails.
    public var staleIfError = Duration.zero
    /// How long it is believed that there is no such key. One second: a storm is over, and what is
    /// made is seen soon.
    public var negativeTTL = Duration.seconds(1)
    /// Longest wait of a request for a load. Beyond, a stale value or an error; the load goes on.
    public var waitLimit = Duration.seconds(5)
    /// Longest time of a load with all its tries. 30 s: a lease's.
    public var loadLimit = Duration.seconds(30)
    /// What comes into memory from levels below.
    public var placement = Placement.onFirstHit
    /// The namespace's.
    public var priority = Priority.normal

    /// The defaults.
    public init() {}
}

/// One source: an origin with the levels above it, and the rules of the namespaces that use it.
public struct SourceConfiguration: Hashable, Sendable {
    /// The origin's name, for failures.
    public var name: String
    /// Rules of the namespaces, in the order of their bindings.
    public var rules: [SourceRules]
    /// Names of the levels between memory and the origin, the nearest first.
    public var levels: [String] = []
    /// Longest time for an answer of a level. 50 ms: ten times a disk's.
    public var levelLimit = Duration.milliseconds(50)
    /// Keys in one question to the origin, for each binding: 1 where it can only ask for one.
    public var batchMax: [Int]
    /// Longest time for one question to the origin.
    public var timeout = Duration.seconds(1)
    /// How often a load is tried that the origin never saw.
    public var tries = 3

    /// A source without levels.
    public init(name: String, rules: [SourceRules], batchMax: Int = 1) {
        self.name = name
        self.rules = rules
        self.batchMax = Array(repeating: batchMax, count: rules.count)
    }
}
