import LarderCore
import LarderResilience
import Testing

@testable import LarderHierarchy

/// A source that has just begun: its cache is cold, and all misses come at once.
@Suite struct ColdStartTests {
    /// Fails when a restart sends the whole load to the origin at once.
    @Test func `what the origin is asked at once grows from a quarter of its limit`() throws {
        var limits = SourceLimits()
        limits.concurrency.first = 64
        let start = Tick(nanoseconds: 1_000_000_000)
        var rules = SourceRules()
        rules.loadLimit = .seconds(60)
        let configuration = SourceConfiguration(name: "catalog", rules: [rules])
        var core = try SourceCore<Int, Int>(configuration, limits: limits, seed: 1, at: start)
        for number in 0..<100 {
            let need = Need(Key(Array("\(number)".utf8)), at: 0, binding: 0)
            _ = core.need(need, for: number, at: start) { false }
        }
        var actions: [SourceAction<Int, Int>] = []
        core.begin(at: start, &actions)
        #expect(asked(actions) == 16)
        var counts = [16]
        for step in 1...98 {
            actions = []
            core.advance(to: start.advanced(by: .milliseconds(10 * step)), &actions)
            counts.append((counts.last ?? 0) + asked(actions))
        }
        // One more each 104 ms: 48 in the 5 seconds of the slow start.
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $1 - $0 <= 1 })
        #expect(counts.last == 25)
    }

    private func asked(_ actions: [SourceAction<Int, Int>]) -> Int {
        actions.count { if case .askOrigin = $0 { true } else { false } }
    }
}
