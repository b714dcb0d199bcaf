import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct RetryTests {
    @Test(arguments: UInt64(0)..<1000)
    func `retries stay a share of the requests in every span of time`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var configuration = RetryBudget.Configuration()
        configuration.share = Ratio(millionths: .random(in: 0...300_000, using: &random))
        configuration.perSecond = .random(in: 0...5, using: &random)
        configuration.capacity = .random(in: 1...20, using: &random)
        var clock = ManualClock()
        var budget = try RetryBudget(configuration, at: clock.now)
        var log: [(at: Tick, requests: Int, retries: Int)] = [(clock.now, 0, 0)]
        for _ in 0..<60 {
            let requests = Int.random(in: 0...20, using: &random)
            for _ in 0..<requests { budget.noteRequest() }
            let isIdle = random.happens(0.3)
            let tries = isIdle ? 0 : Int.random(in: 0...15, using: &random)
            let retries = (0..<tries).count { _ in budget.takeRetry(at: clock.now) }
            log.append((clock.now, requests, retries))
            clock.advance(by: .milliseconds(Int.random(in: 0...300, using: &random)))
        }
        for start in log.indices {
            var (requests, retries) = (0, 0)
            for end in log[start...] {
                requests += end.requests
                retries += end.retries
                let seconds = Double(end.at.nanoseconds(since: log[start].at)) / 1e9
                let allowed =
                    Double(configuration.capacity)
                    + configuration.share.fraction * Double(requests)
                    + Double(configuration.perSecond) * seconds
                #expect(Double(retries) <= allowed + 0.000_001)
            }
        }
    }

    @Test func `a dead origin sees little more than its requests`() throws {
        var clock = ManualClock()
        var budget = try RetryBudget(at: clock.now)
        var retries = 0
        for _ in 0..<10_000 {
            budget.noteRequest()
            for _ in 0..<3 where budget.takeRetry(at: clock.now) { retries += 1 }
            clock.advance(by: .milliseconds(1))
        }
        // A tenth of the requests, one per second, and the full bucket of the beginning.
        #expect(retries == 1000 + 9 + 10 || retries == 1000 + 10 + 10)
        #expect(budget.refusedCount == 30_000 - retries)
    }

    @Test func `waits are spread evenly below a ceiling that doubles`() {
        let backoff = Backoff(first: .milliseconds(50), longest: .seconds(2))
        var random = SeededRandom(seed: 3)
        for failures in 0..<70 {
            let ceiling = min(.milliseconds(50) * (1 << min(failures, 10)), Duration.seconds(2))
            #expect(backoff.ceiling(after: failures) == ceiling)
            let waits = (0..<400).map { _ in backoff.wait(after: failures, using: &random) }
            #expect(waits.allSatisfy { $0 >= .zero && $0 <= ceiling })
            let quarters = (1...3).map { quarter in waits.count { $0 < ceiling * quarter / 4 } }
            for (quarter, count) in quarters.enumerated() {
                #expect(abs(count - 100 * (quarter + 1)) < 60)
            }
        }
    }

    @Test func `no retry begins at the deadline or after it`() {
        let backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        var random = SeededRandom(seed: 4)
        let (now, deadline) = (Tick.at(.seconds(1)), Tick.at(.milliseconds(1500)))
        var (tries, refusals) = (0, 0)
        for _ in 0..<1000 {
            guard let next = backoff.next(after: 4, at: now, before: deadline, using: &random)
            else {
                refusals += 1
                continue
            }
            tries += 1
            #expect(next >= now && next < deadline)
        }
        #expect(tries > 200 && refusals > 500)
        #expect(backoff.next(after: 0, at: deadline, before: deadline, using: &random) == nil)
    }

    @Test func `the least wait is kept`() throws {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(60), least: .milliseconds(500))
        try backoff.validate()
        var random = SeededRandom(seed: 5)
        for failures in 0..<200 {
            let wait = backoff.wait(after: failures, using: &random)
            #expect(wait >= .milliseconds(500) && wait <= .seconds(60))
        }
    }

    @Test func `the ends of a load are in order, and nothing passes the hard one`() {
        for (soft, hard) in [(1, 5), (5, 5), (9, 5)] {
            let ends = LoadDeadlines(
                start: .at(.seconds(10)), soft: .seconds(soft), hard: .seconds(hard))
            #expect(ends.soft <= ends.hard && ends.hard == .at(.seconds(15)))
            for now in 10...20 {
                let time = Tick.at(.seconds(now))
                let waiter = ends.waiterEnd(at: time, limit: .seconds(2))
                #expect(waiter >= time && waiter <= time.advanced(by: .seconds(2)))
                #expect(waiter <= max(ends.soft, time))
                let attempt = ends.attemptEnd(at: time, timeout: .seconds(3))
                #expect((attempt == nil) == (now >= 15))
                #expect(attempt.map { $0 > time && $0 <= ends.hard } ?? true)
            }
        }
    }
}
