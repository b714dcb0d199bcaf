import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// An origin that is away for a while, and readers that do not let up.
@Suite struct OutageTests {
    private typealias Core = SourceCore<Int, Int>

    private let key = Key(Array("product:42".utf8))
    private let down = SourceFailure(source: "catalog", cause: .refused)

    /// Somebody wants `key`; what the origin is asked is answered by `outcome`.
    private func read(
        _ key: Key, of core: inout Core, at now: Tick, _ outcome: LoadOutcome
    ) -> Landing.Outcome? {
        let need = Need(key, at: 1, binding: 0)
        if case .failed(let failure) = core.need(need, for: 1, at: now, ifNot: { false }).0 {
            return .failed(failure)
        }
        var actions: [SourceAction<Int, Int>] = []
        var landed: Landing.Outcome?
        core.begin(at: now, &actions)
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .askOrigin(let id, _, let requests):
                let answers = requests.map { _ in outcome }
                core.loaded(answers, by: id, at: now, &actions)
            case .fill(let fill):
                core.filled(fill.load, .stored(version: 0), at: now, &actions)
            case .land(_, let landing): landed = landing.outcome
            default: break
            }
        }
        return landed
    }

    private func makeCore(at now: Tick) throws -> Core {
        try Core(SourceConfiguration(name: "catalog", rules: [SourceRules()]), seed: 1, at: now)
    }

    /// Opens the breaker by keys of which nothing is wanted later.
    private func takeDown(_ core: inout Core, at now: Tick) {
        for number in 0..<50 where core.status.breaker == .closed {
            _ = read(Key([UInt8(number)]), of: &core, at: now, .failed(down))
        }
        #expect(core.status.breaker == .open)
    }

    /// Fails when one client closes the origin to all others by asking for what it refuses.
    @Test func `keys that the origin refuses do not open its breaker`() throws {
        let clock = ManualClock()
        var core = try makeCore(at: clock.now)
        let refused = SourceFailure(source: "catalog", cause: .refused, isKeys: true)
        for number in UInt8(0)..<50 {
            let outcome = read(Key([number, 1]), of: &core, at: clock.now, .failed(refused))
            #expect(outcome == .failed(refused))
        }
        #expect(core.status.breaker == .closed)
        takeDown(&core, at: clock.now)
    }

    /// Fails when a load that the breaker refused counts as a failure of its key.
    @Test func `who was refused all the time is loaded once the origin may be asked`() throws {
        var clock = ManualClock()
        var core = try makeCore(at: clock.now)
        takeDown(&core, at: clock.now)
        let before = core.status
        clock.advance(by: .milliseconds(1))
        for _ in 0..<90 {
            let outcome = read(key, of: &core, at: clock.now, .failed(down))
            #expect(outcome == .failed(SourceFailure(source: "catalog", cause: .open)))
            clock.advance(by: .milliseconds(1))
        }
        #expect(core.status.breakerRefused - before.breakerRefused == 90)
        #expect(core.status.counts.postponed == 0)
        clock.advance(by: .milliseconds(700))
        let outcome = read(key, of: &core, at: clock.now, .loaded(Loaded([1])))
        guard case .value = outcome else {
            Issue.record("it is not loaded: \(String(describing: outcome))")
            return
        }
    }

    /// Fails when the breaker waits longer each time that the origin is still away.
    @Test func `a second after its return an origin is asked as usual`() throws {
        var clock = ManualClock()
        var core = try makeCore(at: clock.now)
        takeDown(&core, at: clock.now)
        var number = 0
        func anyKey() -> Key {
            number += 1
            return Key(Array("product:\(number)".utf8))
        }
        for _ in 0..<6_000 {
            clock.advance(by: .milliseconds(10))
            _ = read(anyKey(), of: &core, at: clock.now, .failed(down))
        }
        #expect(core.status.breaker == .open)
        #expect(core.status.breakerOpened > 60_000 / 1000)
        for _ in 0..<100 {
            clock.advance(by: .milliseconds(10))
            _ = read(anyKey(), of: &core, at: clock.now, .loaded(Loaded([1])))
        }
        #expect(core.status.breaker == .closed)
    }
}
