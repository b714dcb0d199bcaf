import LarderCore
public import LarderResilience

/// Bounds of what one source keeps, and how its origin is spared.
public struct SourceLimits: Hashable, Sendable {
    /// Loads and waiters.
    public var waiting = FlightBounds()
    /// Questions at once.
    public var concurrency = ConcurrencyLimit.Configuration()
    /// Questions that wait for a place.
    public var queue = LoadQueueConfiguration()
    /// When the origin is not asked any more.
    public var breaker = CircuitBreakerConfiguration.origin
    /// When a level is not asked any more.
    public var levelBreaker = CircuitBreakerConfiguration.level
    /// What may wait to be written to each level.
    public var levelWrites = LevelWriteBounds()
    /// How often is asked again.
    public var retries = RetryBudget.Configuration()

    /// The defaults.
    public init() {}
}

extension CircuitBreakerConfiguration {
    /// While an origin is dead nobody has its keys: so it is probed at least each 750 ms, however
    /// long that lasts, and a second after it is back its keys are too. Three loads in that time
    /// are no burden to who begins to recover.
    public static var origin: Self {
        var configuration = Self()
        configuration.openDuration.first = .milliseconds(750)
        configuration.probesDouble = false
        return configuration
    }

    /// A level answers within milliseconds or is ill, and the origin stands in for it: so one
    /// question that took its whole time, with no answer since, opens.
    public static var level: Self {
        var configuration = Self()
        configuration.failuresInARow = 1
        configuration.silence = .milliseconds(40)
        return configuration
    }
}
