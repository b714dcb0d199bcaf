import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// P10: until when what was loaded may be served.
@Suite struct WindowTests {
    private typealias Core = SourceCore<Int, Int>

    private let key = Key(Array("product:42".utf8))
    private let away = LoadOutcome.failed(SourceFailure(source: "catalog", cause: .refused))

    private static func rules(stale: Int, staleIfError: Int) -> SourceRules {
        var rules = SourceRules()
        rules.ttl = .seconds(60)
        rules.jitter = Ratio(millionths: 0)
        (rules.stale, rules.staleIfError) = (.seconds(stale), .seconds(staleIfError))
        return rules
    }

    /// Fails when the windows are added up, or the shorter one counts.
    @Test(arguments: [(0, 0), (10, 0), (0, 10), (10, 30), (30, 10)])
    func `an entry ends with the longer of its windows`(stale: Int, staleIfError: Int) throws {
        var clock = ManualClock()
        clock.advance(by: .seconds(5))
        let rules = Self.rules(stale: stale, staleIfError: staleIfError)
        var core = try Core(
            SourceConfiguration(name: "catalog", rules: [rules]), seed: 1, at: clock.now)
        var actions: [SourceAction<Int, Int>] = []
        _ = core.need(Need(key, at: 1, binding: 0), for: 1, at: clock.now) { false }
        core.begin(at: clock.now, &actions)
        guard case .askOrigin(let id, _, _) = actions.popLast() else {
            Issue.record("the origin is not asked")
            return
        }
        core.loaded([.loaded(Loaded([1]))], by: id, at: clock.now, &actions)
        guard case .fill(let fill) = actions.popLast(), case .value(let entry) = fill.content
        else {
            Issue.record("what came is not stored")
            return
        }
        #expect(entry.expires == clock.now.advanced(by: .seconds(60)))
        let last = max(stale, staleIfError)
        #expect(entry.staleUntil == clock.now.advanced(by: .seconds(60 + last)))
    }

    /// Fails when what is absent is remembered for longer than its namespace says.
    @Test func `that there is no such key is believed for its time`() throws {
        var clock = ManualClock()
        clock.advance(by: .seconds(5))
        var rules = Self.rules(stale: 600, staleIfError: 600)
        rules.negativeTTL = .seconds(2)
        var core = try Core(
            SourceConfiguration(name: "catalog", rules: [rules]), seed: 1, at: clock.now)
        var actions: [SourceAction<Int, Int>] = []
        _ = core.need(Need(key, at: 1, binding: 0), for: 1, at: clock.now) { false }
        core.begin(at: clock.now, &actions)
        guard case .askOrigin(let id, _, _) = actions.popLast() else {
            Issue.record("the origin is not asked")
            return
        }
        core.loaded([.absent], by: id, at: clock.now, &actions)
        guard case .fill(let fill) = actions.popLast() else {
            Issue.record("that it is absent is not remembered")
            return
        }
        #expect(fill.content == .absent(until: clock.now.advanced(by: .seconds(2))))
    }

    /// Fails when a hard ban leaves a level's stale copy to those who wait for a load that fails.
    @Test(arguments: [Ban.Strength.soft, .hard])
    func `a hard ban kills what would be served when the origin fails`(
        strength: Ban.Strength
    ) throws {
        var clock = ManualClock()
        clock.advance(by: .seconds(100))
        var configuration = SourceConfiguration(
            name: "catalog", rules: [Self.rules(stale: 0, staleIfError: 600)])
        configuration.levels = ["disk"]
        var core = try Core(configuration, seed: 1, at: clock.now)
        var old = Entry(key: key, value: [1], created: Tick(nanoseconds: 1))
        old.expires = Tick(nanoseconds: 2)
        old.staleUntil = clock.now.advanced(by: .seconds(500))
        var actions: [SourceAction<Int, Int>] = []
        _ = core.need(Need(key, at: 1, binding: 0), for: 1, at: clock.now) { false }
        core.begin(at: clock.now, &actions)
        var landing: Landing.Outcome?
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .askLevel(let id, _, _):
                core.answered([.found(old)], by: id, at: clock.now, &actions)
            case .askOrigin(let id, _, _):
                clock.advance(by: .milliseconds(10))
                let ban = Ban(.key(key), strength, before: clock.now)
                core.ban(ban, at: clock.now, &actions)
                core.loaded([away], by: id, at: clock.now, &actions)
            case .land(_, let landed): landing = landed.outcome
            default: break
            }
        }
        let stale = Landing.Outcome.value(old, isStored: false)
        #expect((landing == stale) == (strength == .soft), "\(String(describing: landing))")
    }
}
