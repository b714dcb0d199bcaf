import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// Walks every sequence of up to eight events. Values make this cheap: a branch is a copy.
@Suite struct CircuitBreakerExhaustiveTests {
    enum Event: CaseIterable {
        case request, oldestSucceeds, oldestFails, newestFails, oldestUnknown, secondPasses
    }

    @Test func `keeps its promises in every short history`() throws {
        var historyCount = 0
        try visit(BreakerScenario(), eventsLeft: 8, count: &historyCount)
        #expect(historyCount > 40_000)
    }

    private func visit(
        _ scenario: BreakerScenario, eventsLeft: Int, count: inout Int
    ) throws {
        count += 1
        try scenario.checkRecovers()
        try scenario.checkRefusalEndsWhenItSays()
        guard eventsLeft > 0 else { return }
        for event in Event.allCases {
            var next = scenario
            guard try next.apply(event) else { continue }
            try visit(next, eventsLeft: eventsLeft - 1, count: &count)
        }
    }
}

/// One history: the breaker, the time, what is unanswered, and what a naive reader of the rules
/// would expect.
struct BreakerScenario {
    typealias Event = CircuitBreakerExhaustiveTests.Event

    static let configuration = {
        var configuration = CircuitBreakerConfiguration()
        configuration.failuresInARow = 3
        configuration.failuresOverTime = 2
        configuration.failingTime = .seconds(1)
        configuration.callsMin = 4
        configuration.silence = .zero
        configuration.probeCount = 2
        configuration.openDuration = Backoff(
            first: .seconds(1), longest: .seconds(1), least: .seconds(1))
        return configuration
    }()

    struct Broken: Error {
        let promise: String
        let history: [Event]
    }

    /// As `#require`, which is too slow for so many histories.
    private func check(_ holds: Bool, _ promise: StaticString) throws {
        if !holds { throw Broken(promise: "\(promise)", history: history) }
    }

    private var breaker: CircuitBreaker
    private var clock = ManualClock()
    private var random = SeededRandom(seed: 1)
    private var calls: [(permit: CircuitBreaker.Permit, isProbe: Bool, round: Int)] = []
    /// Counts the states that the breaker went through: a call counts in its own only.
    private var round = 0
    /// Outcomes of this round within the window, while closed; `nil` when not closed.
    private var closedOutcomes: [Bool]? = []
    private var failuresInARow = 0
    private var firstOfThem: Tick?
    private var probesOut = 0
    private var probesSucceeded = 0
    private var history: [Event] = []

    init() throws {
        breaker = try CircuitBreaker(Self.configuration, at: clock.now)
    }

    /// Returns false when the event cannot happen here: there is no call to be answered.
    mutating func apply(_ event: Event) throws -> Bool {
        history.append(event)
        switch event {
        case .request:
            try request()
        case .secondPasses:
            clock.advance(by: .seconds(1))
            if closedOutcomes != nil { closedOutcomes = [] }
        case .oldestSucceeds, .oldestFails, .newestFails, .oldestUnknown:
            guard !calls.isEmpty else { return false }
            let call = event == .newestFails ? calls.removeLast() : calls.removeFirst()
            let outcome: CircuitBreaker.Outcome =
                switch event {
                case .oldestSucceeds: .success
                case .oldestUnknown: .none
                default: .failure
                }
            let change = breaker.record(outcome, of: call.permit, at: clock.now, using: &random)
            let expected = call.round == round ? expectedChange(outcome) : nil
            try check(change == expected, "it differs from the model")
        }
        return true
    }

    private mutating func expectedChange(
        _ outcome: CircuitBreaker.Outcome
    ) -> CircuitBreaker.Transition? {
        if let outcomes = closedOutcomes {
            guard outcome != .none else { return nil }
            let all = outcomes + [outcome == .success]
            closedOutcomes = all
            failuresInARow = outcome == .success ? 0 : failuresInARow + 1
            firstOfThem = outcome == .success ? nil : firstOfThem ?? clock.now
            let isOld = firstOfThem.map { clock.now >= $0.advanced(by: .seconds(1)) } ?? false
            let isDead = failuresInARow >= 3 || isOld && failuresInARow >= 2
            let failed = all.count { !$0 }
            let isIll = all.count >= 4 && failed * 2 >= all.count
            guard outcome == .failure, isDead || isIll else { return nil }
            return open()
        }
        switch outcome {
        case .none: probesOut -= 1
        case .failure: return open()
        case .success:
            probesSucceeded += 1
            guard probesSucceeded == 2 else { return nil }
            round += 1
            (closedOutcomes, failuresInARow, firstOfThem) = ([], 0, nil)
            return .closed
        }
        return nil
    }

    private mutating func open() -> CircuitBreaker.Transition {
        round += 1
        closedOutcomes = nil
        (probesOut, probesSucceeded) = (0, 0)
        return .opened(until: clock.now.advanced(by: .seconds(1)))
    }

    private mutating func request() throws {
        switch breaker.admission(at: clock.now) {
        case .attempt(let permit):
            try check(closedOutcomes != nil, "let through")
            calls.append((permit, false, round))
        case .probe(let permit):
            try check(closedOutcomes == nil, "probes while closed")
            if probesOut == 0 && probesSucceeded == 0 { round += 1 }
            probesOut += 1
            try check(probesOut <= 2, "too many probes")
            calls.append((permit, true, round))
        case .refuse(let until):
            try check(closedOutcomes == nil, "refused while closed")
            try check(until > clock.now, "refused until the past")
        }
    }

    /// Whatever happened: enough time and enough good answers close the breaker.
    func checkRecovers() throws {
        var (breaker, clock, random) = (breaker, clock, random)
        clock.advance(by: .seconds(1))
        clock.advance(by: Self.configuration.probeDuration)
        for _ in 0..<Self.configuration.probeCount {
            guard case .probe(let permit) = breaker.admission(at: clock.now) else { break }
            _ = breaker.record(.success, of: permit, at: clock.now, using: &random)
        }
        guard case .attempt = breaker.admission(at: clock.now) else {
            throw Broken(promise: "it never closes", history: history)
        }
    }

    /// A refusal holds until the time that it names, and no longer.
    func checkRefusalEndsWhenItSays() throws {
        var early = breaker
        guard case .refuse(let until) = early.admission(at: clock.now) else { return }
        var late = breaker
        let lastMoment = Tick(nanoseconds: until.nanoseconds - 1)
        try check(
            early.admission(at: lastMoment) == .refuse(until: until), "it differs from the model")
        guard case .probe = late.admission(at: until) else {
            throw Broken(promise: "it refuses after the time it named", history: history)
        }
    }
}
