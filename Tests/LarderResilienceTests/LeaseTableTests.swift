import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// All histories of one key: holders that set, give up, renew or vanish, and those who wait.
@Suite struct LeaseTableTests {
    enum Event: CaseIterable {
        case acquire, set, cancel, renew, delete, waiterLeaves, timePasses
    }

    @Test func `one holder at a time, and each waiter is woken once, in every short history`()
        throws
    {
        #expect(try LeaseScenario().countOfHistories(of: 7) > 20_000)
    }

    @Test func `a lease lasts no longer than the longest, renewed or not`() throws {
        var random = SeededRandom(seed: 1)
        var table = try LeaseTable<Int, Int>()
        let start = Tick.at(.seconds(1))
        let request = LeaseTable<Int, Int>.Request(0, for: .seconds(90), waitingUntil: start)
        let answer = table.acquire(1, request, at: start, using: &random)
        guard case .granted(let lease) = answer else {
            Issue.record("refused")
            return
        }
        #expect(lease.end == .at(.seconds(31)))
        let renewed = table.renew(1, by: lease.token, for: .seconds(90), at: .at(.seconds(30)))
        #expect(renewed?.end == .at(.seconds(60)))
        #expect(table.isHeld(1, by: lease.token, at: .at(.seconds(59))))
        #expect(table.renew(1, by: lease.token, for: .seconds(9), at: .at(.seconds(60))) == nil)
        #expect(
            table.renew(1, by: lease.token &+ 1, for: .seconds(9), at: .at(.seconds(50))) == nil)
    }
}
