import LarderCore
import LarderResilience
import LarderTesting
import Testing

@testable import LarderHierarchy

/// What a source spends of its retry budget, and what fills it.
@Suite struct RetryBudgetTests {
    /// Fails when a retry counts as a request: then retries pay for retries.
    @Test func `a retry does not fill the budget`() throws {
        var clock = ManualClock()
        var limits = SourceLimits()
        limits.retries.share = Ratio(millionths: 1_000_000)
        (limits.retries.perSecond, limits.retries.capacity) = (0, 1)
        limits.breaker.failuresInARow = 10_000
        limits.breaker.failuresOverTime = 10_000
        var configuration = SourceConfiguration(name: "catalog", rules: [SourceRules()])
        configuration.tries = 10
        var core = try SourceCore<Int, Int>(
            configuration, limits: limits, seed: 1, at: clock.now)
        let away = LoadOutcome.failed(SourceFailure(source: "catalog", cause: .unreachable))
        var actions: [SourceAction<Int, Int>] = []
        let need = Need(Key(Array("product:1".utf8)), at: 1, binding: 0)
        _ = core.need(need, for: 1, at: clock.now) { false }
        core.begin(at: clock.now, &actions)
        var landings = 0
        while landings == 0, core.loadCount > 0 || !actions.isEmpty {
            if actions.isEmpty {
                clock.advance(by: .milliseconds(1))
                core.advance(to: clock.now, &actions)
            }
            guard !actions.isEmpty else { continue }
            switch actions.removeFirst() {
            case .askOrigin(let id, _, let requests):
                core.loaded(requests.map { _ in away }, by: id, at: clock.now, &actions)
            case .land: landings += 1
            default: break
            }
        }
        #expect(landings == 1)
        #expect(core.counts.asked == 2 && core.counts.retried == 1)
    }
}
