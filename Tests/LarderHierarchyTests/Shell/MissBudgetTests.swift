import LarderCore
import LarderResilience
import Testing

@testable import LarderHierarchy

/// The places that all sources share.
@Suite(.timeLimit(.minutes(1))) struct SharedMissBudgetTests {
    private func keys(_ name: String) -> [Key] {
        (0..<10).map { Key(Array("\(name):\($0)".utf8)) }
    }

    @Test func `two sources never load more at once than both may`() async throws {
        let budget = SharedMissBudget(try MissBudget(total: 4, originCount: 2))
        let first = try SourceBench(budget: budget.share(of: 0))
        let second = try SourceBench(budget: budget.share(of: 1))
        for (waiter, key) in keys("a").enumerated() { first.need(key, for: waiter) }
        for (waiter, key) in keys("b").enumerated() { second.need(key, for: waiter) }
        await first.origin.asked.reach(3)
        await second.origin.asked.reach(1)
        #expect(budget.inUse == 4)
        #expect(first.origin.asked.count == 3 && second.origin.asked.count == 1)
        // The places that the first gives back are the second's too, and nobody has to ask.
        first.origin.open()
        await first.inbox.tally.reach(10)
        await second.origin.asked.reach(3)
        second.origin.open()
        await second.inbox.tally.reach(10)
        #expect(budget.inUse == 0)
    }

    @Test func `a long queue before an open breaker ends without a deep stack`() throws {
        var limits = SourceLimits()
        limits.concurrency.least = 1
        limits.concurrency.first = 1
        limits.concurrency.most = 1
        limits.queue.capacity = 10_000
        limits.breaker.failuresInARow = 1
        limits.breaker.silence = .zero
        let now = Tick(nanoseconds: 1_000_000_000)
        let budget = SharedMissBudget(try MissBudget(total: 1, originCount: 1))
        let configuration = SourceConfiguration(name: "catalog", rules: [SourceRules()])
        var core = try SourceCore<Int, Int>(
            configuration, limits: limits, seed: 1, at: now, budget: budget.share(of: 0))
        for number in 0..<9_000 {
            let need = Need(Key(Array("\(number)".utf8)), at: 0, binding: 0)
            _ = core.need(need, for: number, at: now) { false }
        }
        var actions: [SourceAction<Int, Int>] = []
        core.begin(at: now, &actions)
        guard case .askOrigin(let id, _, _) = actions.first else {
            Issue.record("nothing is asked")
            return
        }
        actions = []
        let failure = SourceFailure(source: "catalog", cause: .refused)
        core.loaded([.failed(failure)], by: id, at: now, &actions)
        #expect(actions.count == 9_000)
        #expect(core.isIdle && budget.inUse == 0)
    }
}
