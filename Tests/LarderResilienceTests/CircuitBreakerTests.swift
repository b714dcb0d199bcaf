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

    @Test mutating func `three failures open it when they have come for a while`() throws {
        try call(.success)
        clock.advance(by: .seconds(10))
        for wait in [200, 199, 1] {
            try #expect(call(.failure) == nil)
            clock.advance(by: .milliseconds(wait))
        }
        let change = try call(.failure)
        guard case .opened = change else {
            Issue.record("\(String(describing: change))")
            return
        }
    }

    @Test mutating func `two failures do not open it, however long ago the first was`() throws {
        for _ in 0..<100 {
            try #expect(call(.failure) == nil)
            clock.advance(by: .seconds(3600))
            try #expect(call(.failure) == nil)
            try call(.success)
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

    /// Fails when the calls before the opening still count after it has closed.
    @Test mutating func `one failure after it has closed does not open it again`() throws {
        var configuration = CircuitBreakerConfiguration()
        configuration.window = .seconds(60)
        breaker = try CircuitBreaker(configuration, at: clock.now)
        for _ in 0..<30 {
            try call(.success)
            if try call(.failure) != nil { break }
        }
        clock.advance(by: .seconds(1))
        for _ in 0..<3 { try call(.success) }
        #expect(breaker.isClosed && breaker.openedCount == 1)
        try #expect(call(.failure) == nil)
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

    /// Where probes do not double it, a dead origin is probed as often after an hour as at first.
    @Test mutating func `failed probes need not double the time, openings soon after do`() throws {
        var configuration = CircuitBreakerConfiguration()
        configuration.probesDouble = false
        breaker = try CircuitBreaker(configuration, at: clock.now)
        for round in 0..<50 {
            let open = round == 0 ? try openByFailures() : try reopen()
            #expect(open <= .seconds(1), "round \(round)")
            clock.advance(by: open)
        }
        var longest = Duration.zero
        for _ in 0..<30 {
            for _ in 0..<3 { try call(.success) }
            #expect(breaker.isClosed)
            let open = try openByFailures()
            longest = max(longest, open)
            clock.advance(by: open)
        }
        #expect(longest > .seconds(15))
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
