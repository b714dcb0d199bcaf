import LarderCore

/// How many commands were run per second of late, for INFO.
final class RateMeter: Sendable {
    private static var interval: Duration { .seconds(1) }

    private struct State {
        var start: Tick
        var count: UInt64 = 0
        var rate: UInt64 = 0
    }

    private let state: Guarded<State>

    init(now: Tick) {
        state = Guarded(State(start: now))
    }

    /// Notes the number of commands since the start, at most once a second. One thread calls it.
    func note(at now: Tick, _ count: () -> UInt64) {
        state.withLock { state in
            guard now >= state.start.advanced(by: Self.interval) else { return }
            let current = count()
            let milliseconds = max(1, (now.nanoseconds - state.start.nanoseconds) / 1_000_000)
            state.rate = (current &- state.count) * 1000 / milliseconds
            state.count = current
            state.start = now
        }
    }

    var perSecond: UInt64 { state.withLock { $0.rate } }
}
