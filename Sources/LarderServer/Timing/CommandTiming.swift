import LarderCore
import Synchronization

/// Which commands a loop times (docs/decisions/0015).
///
/// Small commands cost less than reading a clock twice. So of those one in 64 is timed, and of the
/// others only what a clock of a few milliseconds tells: enough to notice that one was slow.
struct CommandTiming {
    /// How a command is timed.
    enum Kind {
        case not
        /// By the coarse clock: only whether it took long.
        case roughly
        /// By the precise clock, and noted.
        case precisely
    }

    /// Small commands for each that is timed.
    private static var interval: Int { 64 }
    /// Small commands that are all timed after something was slow.
    private static var attentionSpan: Int { 1024 }
    /// The coarse clock moves every 4 ms, at the least every 10.
    private static var coarseMin: UInt64 { 8_000_000 }
    /// Limits below which every command is timed: half of it is soon reached.
    private static var attentiveMax: UInt64 { 1_000_000 }

    /// State of the settings that this copy has.
    private var generation: UInt64 = .max
    /// Time from which on somebody wants to know of a command; `.max` for none.
    private(set) var limit: UInt64 = .max
    private(set) var slowLimit: UInt64 = .max
    /// Milliseconds; 0 for none.
    private(set) var latencyLimit: Int64 = 0
    /// Whether somebody reads along.
    private(set) var isWatched = false
    private var isCoarse = true
    private var timesAll = false
    /// Small commands until the next one is timed.
    private var untilSample = 1
    /// Small commands that are still all timed, since something was slow.
    private var attention = 0
    private var random: SeededRandom
    /// Whether the commands at hand are timed as one.
    var isInGroup = false

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Takes over what was set since. Once a batch; a load and a comparison if nothing was.
    @inline(__always)
    mutating func follow(_ settings: TimingSettings) {
        if settings.generation != generation { adopt(settings) }
    }

    @inline(never)
    private mutating func adopt(_ settings: TimingSettings) {
        let values = settings.values
        generation = values.generation
        slowLimit = values.slowMicroseconds.map { UInt64(clamping: $0) &* 1000 } ?? .max
        latencyLimit = values.latencyMilliseconds
        isWatched = values.watchers > 0
        limit = min(slowLimit, latencyLimit > 0 ? UInt64(latencyLimit) &* 1_000_000 : .max)
        isCoarse = limit >= Self.coarseMin
        timesAll = isWatched || limit <= Self.attentiveMax
        if timesAll { untilSample = 1 }
    }

    /// How to time the next command.
    @inline(__always)
    mutating func next(isSmall: Bool, isFirst: Bool) -> Kind {
        if isSmall, !isFirst {
            untilSample &-= 1
            if untilSample > 0 { return isInGroup || limit == .max ? .not : .roughly }
            chooseNext()
        }
        return .precisely
    }

    @inline(never)
    private mutating func chooseNext() {
        attention = max(0, attention - 1)
        let isAttentive = timesAll || attention > 0
        untilSample = isAttentive ? 1 : Int.random(in: 1..<2 * Self.interval, using: &random)
    }

    /// The clock for what is timed in this way, in nanoseconds.
    @inline(__always)
    func time(_ kind: Kind) -> UInt64 {
        switch kind {
        case .not: 0
        case .roughly where isCoarse: MonotonicClock.coarseNow().nanoseconds
        case .roughly, .precisely: MonotonicClock.now().nanoseconds
        }
    }

    /// Whether so long a time is half of what somebody wants to know of. If so, what follows is
    /// timed.
    @inline(__always)
    mutating func isNoticeable(_ nanoseconds: UInt64) -> Bool {
        guard nanoseconds > limit / 2 else { return false }
        attention = Self.attentionSpan
        untilSample = 1
        return true
    }
}

/// What decides how commands are timed, for all loops.
final class TimingSettings: Sendable {
    struct Values: Sendable {
        fileprivate(set) var generation: UInt64 = 0
        /// `slowlog-log-slower-than`; nil for never.
        var slowMicroseconds: Int?
        /// `latency-monitor-threshold`; 0 for never.
        var latencyMilliseconds: Int64 = 0
        /// Connections in MONITOR.
        var watchers = 0
    }

    private let guarded = Guarded(Values())
    /// Relaxed: a loop that sees it late times one batch by the old settings.
    private let changes = Atomic<UInt64>(0)

    var generation: UInt64 { changes.load(ordering: .relaxed) }
    var values: Values { guarded.withLock { $0 } }

    func change(_ body: (inout Values) -> Void) {
        guarded.withLock { values in
            body(&values)
            values.generation += 1
            // Under the lock, or of two changes the older number might stay.
            changes.store(values.generation, ordering: .relaxed)
        }
    }
}
