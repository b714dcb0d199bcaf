import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct CircuitBreakerTests {
    private var breaker: CircuitBreaker
    private var clock = ManualClock()
    private var random = SeededRandom(seed: 7)

    init() throws {
        breaker = try CircuitBreaker(at: clock.now)
    }

    private struct Refused: Error {}

    private mutating func permit() throws -> CircuitBreaker.Permit {
        switch breaker.admission(at: clock.now) {
        case .attempt(let permit), .probe(let permit): permit
        case .refuse: throw Refused()
        }
    }

    @discardableResult
    private mutating func call(
        _ outcome: CircuitBreaker.Outcome
    ) throws -> CircuitBreaker.Transition? {
        breaker.record(outcome, of: try permit(), at: clock.now, using: &random)
    }

    /// Lets it open by failures, and returns how long it stays so.
    private mutating func openByFailures() throws -> Duration {
        for _ in 0..<100 {
            if case .opened(let until) = try call(.failure) {
                return Duration(tickNanoseconds: until.nanoseconds(since: clock.now))
            }
        }
        throw Refused()
    }

    @Test mutating func `failures in a row do not open it while successes come`() throws {
        for _ in 0..<1000 {
            for _ in 0..<20 { try call(.success) }
            for _ in 0..<6 { try #expect(call(.failure) == nil) }
            clock.advance(by: .milliseconds(5))
        }
    }

    @Test mutating func `half of the calls failing opens it, less does not`() throws {
        for turn in 0..<300 {
            try #expect(call(turn % 5 < 2 ? .failure : .success) == nil)
            clock.advance(by: .milliseconds(2))
        }
        var changes: [CircuitBreaker.Transition] = []
        for turn in 0..<500 where changes.isEmpty {
            if let change = try call(turn % 5 < 3 ? .failure : .success) { changes.append(change) }
            clock.advance(by: .milliseconds(2))
        }
        #expect(changes.count == 1)
    }

    @Test mutating func `stays open twice as long each time, with jitter, up to the longest`()
        throws
    {
        for round in 0..<12 {
            let ceiling = Duration.seconds(min(1 << round, 30))
            let open = round == 0 ? try openByFailures() : try reopen()
            #expect(open <= ceiling && open >= .milliseconds(100), "round \(round)")
            clock.advance(by: open)
        }
        #expect(breaker.openedCount == 12)
    }

    private mutating func reopen() throws -> Duration {
        guard case .opened(let until) = try call(.failure) else { throw Refused() }
        return Duration(tickNanoseconds: until.nanoseconds(since: clock.now))
    }

    @Test func `the open time is spread over all that is allowed`() throws {
        var longest: [Int: Duration] = [:]
        var shortest: [Int: Duration] = [:]
        for seed in UInt64(0)..<200 {
            var test = try CircuitBreakerTests()
            test.random = SeededRandom(seed: seed)
            for round in 0..<4 {
                let open = round == 0 ? try test.openByFailures() : try test.reopen()
                longest[round] = max(longest[round] ?? .zero, open)
                shortest[round] = min(shortest[round] ?? open, open)
                test.clock.advance(by: open)
            }
        }
        for round in 0..<4 {
            let ceiling = Duration.seconds(1 << round)
            #expect(longest[round]! > ceiling * 0.9 && longest[round]! <= ceiling)
            #expect(shortest[round]! < ceiling * 0.2)
        }
    }

    @Test mutating func `opening again soon after closing goes on doubling`() throws {
        var longest = Duration.zero
        for _ in 0..<30 {
            let open = try openByFailures()
            longest = max(longest, open)
            clock.advance(by: open)
            for _ in 0..<3 { try call(.success) }
            #expect(breaker.isClosed)
        }
        #expect(longest > .seconds(15))
        clock.advance(by: .seconds(60))
        #expect(try openByFailures() <= .seconds(1))
    }

    @Test(arguments: [0, -1, 10_001])
    func `names the field that is out of bounds`(failures: Int) throws {
        var configuration = CircuitBreakerConfiguration()
        configuration.failuresInARow = failures
        let error = #expect(throws: OutOfBounds.self) {
            try CircuitBreaker(configuration, at: Tick(nanoseconds: 0))
        }
        #expect(error?.description == "failuresInARow is \(failures); allowed is 1...10000.")
    }
}

/// A breaker before an origin that dies, in a simulation.
@Suite struct CircuitBreakerSimulationTests {
    private enum Event {
        case arrival
        case answer(CircuitBreaker.Permit, CircuitBreaker.Outcome, isProbe: Bool)
    }

    @Test(arguments: UInt64(0)..<1000)
    func `opens within a second of the origin's death, and closes after its return`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let rate = Int.random(in: 50...300, using: &random)
        let hangs = random.happens(0.5)
        let dies = Tick.at(.milliseconds(Int.random(in: 50...1500, using: &random)))
        let returns = dies.advanced(by: .seconds(Int.random(in: 1...8, using: &random)))
        var breaker = try CircuitBreaker(at: Tick(nanoseconds: 0))
        var (opened, closed, probesOut) = (Tick?.none, Tick?.none, 0)
        var timeline = Timeline<Event>()
        timeline.add(.arrival, at: Tick(nanoseconds: 0))
        while let (now, event) = timeline.next(until: returns.advanced(by: .seconds(33))) {
            switch event {
            case .answer(let permit, let outcome, let isProbe):
                if isProbe { probesOut -= 1 }
                switch breaker.record(outcome, of: permit, at: now, using: &random) {
                case .opened: opened = opened ?? now
                case .closed: closed = now
                case nil: break
                }
            case .arrival where closed != nil && now > returns:
                break
            case .arrival:
                let isDead = now >= dies && now < returns
                let took: Duration = isDead && hangs ? .milliseconds(400) : .milliseconds(3)
                let outcome: CircuitBreaker.Outcome =
                    isDead || random.happens(0.02) ? .failure : .success
                var next = Duration.microseconds(1_000_000 / rate)
                switch breaker.admission(at: now) {
                case .attempt(let permit):
                    timeline.add(
                        .answer(permit, outcome, isProbe: false), at: now.advanced(by: took))
                case .probe(let permit):
                    probesOut += 1
                    let end = now.advanced(by: took)
                    timeline.add(.answer(permit, outcome, isProbe: true), at: end)
                case .refuse:
                    next = .milliseconds(50)
                }
                timeline.add(.arrival, at: now.advanced(by: next))
            }
            #expect(probesOut <= 3)
        }
        let time = try #require(opened)
        #expect(time >= dies, "opened though the origin was well")
        #expect(time.nanoseconds(since: dies) <= 1_000_000_000)
        #expect(closed != nil)
    }
}
