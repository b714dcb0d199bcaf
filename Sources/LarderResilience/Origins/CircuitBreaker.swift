public import LarderCore

/// Spares callers the wait for an origin that is down, and the origin their calls [1].
///
/// The shell asks `admission(at:)` before each call, does what it says, and hands the permit back
/// to `record` with the outcome.
///
///           half of the window's calls failed,
///           or failures in a row, and silence          time is up
///     closed ──────────────────────────────▶ open ──────────────────▶ half-open
///        ▲                                    ▲      a probe failed      │ │
///        │                                    └──────────────────────────┘ │
///        └─────────────────────────────────────────────────────────────────┘
///                               all probes succeeded
///
/// Two rules open it. The share of failures finds the origin that is ill under load. Failures in a
/// row find the one that is dead or hangs, of which few answers come. The second also wants that
/// no success is recent: else chance alone would open it where many calls are made. Where few are,
/// less of them suffice when they have failed for a while.
///
/// It stays open twice as long each time that the probes fail (unless `probesDouble` is false), or
/// that it opens again soon after it closed; with jitter, so that many nodes do not probe at once.
///
/// [1] M. Nygard, Release It!, Pragmatic Bookshelf 2007, chapter 5.
public struct CircuitBreaker: Hashable, Sendable {
    /// How a call ended.
    public enum Outcome: Sendable {
        case success, failure
        /// The call was not made, or cancelled: nothing was learnt.
        case none
    }

    /// Leave for one call. It belongs to the state that granted it, so an outcome that arrives
    /// after that state has passed says nothing about the present and is ignored.
    public struct Permit: Hashable, Sendable, BitwiseCopyable {
        fileprivate let epoch: UInt64
    }

    /// The answer to who wants to call.
    public enum Admission: Hashable, Sendable {
        /// Call as usual.
        case attempt(Permit)
        /// Call, as one of the few that find out whether the origin is back.
        case probe(Permit)
        /// Do not call. Asking again makes sense at `until`.
        case refuse(until: Tick)
    }

    /// A change that is worth a log line.
    public enum Transition: Hashable, Sendable {
        case opened(until: Tick)
        case closed
    }

    private enum State: Hashable {
        /// May become `open`. `lastSuccess` is in this state.
        case closed(since: Tick, failures: Failures, lastSuccess: Tick?)
        /// Becomes `halfOpen` by the first call at or after `until`.
        case open(until: Tick)
        /// Becomes `closed` or `open` by the outcomes of its probes, or a fresh `halfOpen` at
        /// `until`: a probe whose caller vanished must not keep the breaker from ever closing.
        case halfOpen(admitted: Int, succeeded: Int, until: Tick)
    }

    /// Failures since the last success.
    private struct Failures: Hashable {
        var count = 0
        var first: Tick?
    }

    private let configuration: CircuitBreakerConfiguration
    private var state: State
    private var window: OutcomeWindow
    /// Number of the current state. Only permits of this number count.
    private var epoch: UInt64 = 0
    /// Openings since it was last well for long, less those by probes if they do not count: the
    /// exponent of the open time is one less.
    private var openingsInARow = 0

    /// How often it opened.
    public private(set) var openedCount = 0
    /// How many calls it refused.
    public private(set) var refusedCount = 0

    /// A closed breaker.
    ///
    /// - Throws: `OutOfBounds`, so that no breaker with a senseless configuration exists.
    public init(
        _ configuration: CircuitBreakerConfiguration = .init(), at now: Tick
    ) throws(OutOfBounds) {
        try configuration.validate()
        self.configuration = configuration
        window = OutcomeWindow(configuration.window)
        state = .closed(since: now, failures: Failures(), lastSuccess: nil)
    }

    /// Whether it lets all calls through.
    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Whether a call that wants to be made now would be refused; then it counts as refused.
    ///
    /// - Complexity: O(1).
    public mutating func refuses(at now: Tick) -> Bool {
        switch state {
        case .open(let until) where now < until: break
        case .halfOpen(let admitted, _, let until)
        where now < until && admitted >= configuration.probeCount: break
        case .closed, .open, .halfOpen: return false
        }
        refusedCount += 1
        return true
    }

    /// Whether a call may be made now. Each permit is to be recorded once.
    ///
    /// - Complexity: O(1).
    public mutating func admission(at now: Tick) -> Admission {
        switch state {
        case .closed:
            return .attempt(Permit(epoch: epoch))
        case .open(let until) where now < until:
            return refuse(until: until)
        case .halfOpen(let admitted, let succeeded, let until) where now < until:
            guard admitted < configuration.probeCount else { return refuse(until: until) }
            state = .halfOpen(admitted: admitted + 1, succeeded: succeeded, until: until)
            return .probe(Permit(epoch: epoch))
        case .open, .halfOpen:
            let until = now.advanced(by: configuration.probeDuration)
            enter(.halfOpen(admitted: 1, succeeded: 0, until: until))
            return .probe(Permit(epoch: epoch))
        }
    }

    /// Learns how the call with `permit` ended, and returns the transition that this caused.
    ///
    /// - Complexity: O(1).
    public mutating func record(
        _ outcome: Outcome, of permit: Permit, at now: Tick,
        using random: inout some RandomNumberGenerator
    ) -> Transition? {
        guard permit.epoch == epoch else { return nil }
        switch (state, outcome) {
        case (.open, _):
            preconditionFailure("An open breaker has granted no permit.")
        case (.closed, .none):
            return nil
        case (.closed(let since, _, _), .success):
            _ = window.add(isFailure: false, at: now)
            state = .closed(since: since, failures: Failures(), lastSuccess: now)
        case (.closed(let since, var failures, let lastSuccess), .failure):
            let (calls, failed) = window.add(isFailure: true, at: now)
            failures.count += 1
            let first = failures.first ?? now
            failures.first = first
            state = .closed(since: since, failures: failures, lastSuccess: lastSuccess)
            let isDead =
                isMany(failures.count, since: first, at: now)
                && isSilent(since: lastSuccess, at: now)
            guard isDead || isIll(calls: calls, failed: failed) else { return nil }
            return reopen(closedSince: since, at: now, using: &random)
        case (.halfOpen(let admitted, let succeeded, let until), .none):
            state = .halfOpen(admitted: admitted - 1, succeeded: succeeded, until: until)
        case (.halfOpen(let admitted, let succeeded, let until), .success):
            guard succeeded + 1 < configuration.probeCount else { return close(at: now) }
            state = .halfOpen(admitted: admitted, succeeded: succeeded + 1, until: until)
        case (.halfOpen, .failure):
            if !configuration.probesDouble { openingsInARow -= 1 }
            return open(at: now, using: &random)
        }
        return nil
    }

    /// Whether so many failures in a row, of which the first came at `first`, are enough to open.
    private func isMany(_ count: Int, since first: Tick, at now: Tick) -> Bool {
        let hasLasted = now.nanoseconds(since: first) >= configuration.failingTime.tickNanoseconds
        return count >= configuration.failuresInARow
            || hasLasted && count >= configuration.failuresOverTime
    }

    private func isSilent(since lastSuccess: Tick?, at now: Tick) -> Bool {
        guard let lastSuccess else { return true }
        return now.nanoseconds(since: lastSuccess) >= configuration.silence.tickNanoseconds
    }

    private func isIll(calls: Int, failed: Int) -> Bool {
        calls >= configuration.callsMin
            && failed * 1_000_000 >= calls * configuration.failureShare.millionths
    }

    /// Opens after having been closed; for how long depends on how long that was.
    private mutating func reopen(
        closedSince since: Tick, at now: Tick, using random: inout some RandomNumberGenerator
    ) -> Transition {
        let settled = configuration.openDuration.ceiling(after: openingsInARow).tickNanoseconds
        if now.nanoseconds(since: since) >= settled { openingsInARow = 0 }
        return open(at: now, using: &random)
    }

    private mutating func open(
        at now: Tick, using random: inout some RandomNumberGenerator
    ) -> Transition {
        let wait = configuration.openDuration.wait(after: openingsInARow, using: &random)
        openingsInARow += 1
        openedCount += 1
        let until = now.advanced(by: wait)
        enter(.open(until: until))
        return .opened(until: until)
    }

    private mutating func close(at now: Tick) -> Transition {
        window.clear()
        enter(.closed(since: now, failures: Failures(), lastSuccess: nil))
        return .closed
    }

    private mutating func refuse(until: Tick) -> Admission {
        refusedCount += 1
        return .refuse(until: until)
    }

    private mutating func enter(_ next: State) {
        state = next
        epoch += 1
    }
}
