import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct CircuitBreakerSimulationTests {
    @Test(arguments: UInt64(0)..<1000)
    func `opens within a second of the origin's death, and closes after its return`(
        seed: UInt64
    ) throws {
        var world = try BreakerWorld(seed: seed)
        world.run()
        let opened = try #require(world.opened)
        #expect(opened >= world.dies, "opened though the origin was well")
        #expect(opened.nanoseconds(since: world.dies) <= 1_000_000_000)
        #expect(world.closed != nil)
        #expect(world.probesAtOnce <= 3)
    }
}

/// Clients, a breaker, and an origin that dies for some seconds: it refuses, or it hangs.
private struct BreakerWorld {
    private enum Event {
        case arrival
        case answer(CircuitBreaker.Permit, CircuitBreaker.Outcome, isProbe: Bool)
    }

    let dies: Tick
    private let returns: Tick
    private let hangs: Bool
    private let gap: Duration
    private(set) var opened: Tick?
    private(set) var closed: Tick?
    private(set) var probesAtOnce = 0
    private var probesOut = 0
    private var breaker: CircuitBreaker
    private var random: SeededRandom
    private var timeline = Timeline<Event>()

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        gap = .microseconds(1_000_000 / Int.random(in: 50...300, using: &random))
        hangs = random.happens(0.5)
        dies = .at(.milliseconds(Int.random(in: 50...1500, using: &random)))
        returns = dies.advanced(by: .seconds(Int.random(in: 1...8, using: &random)))
        breaker = try CircuitBreaker(at: Tick(nanoseconds: 0))
    }

    mutating func run() {
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
            case .arrival:
                if closed != nil && now > returns { return }
                let next = arrive(at: now) ? gap : .milliseconds(50)
                timeline.add(.arrival, at: now.advanced(by: next))
            }
        }
    }

    /// False when it is refused.
    private mutating func arrive(at now: Tick) -> Bool {
        let isDead = now >= dies && now < returns
        let end = now.advanced(by: isDead && hangs ? .milliseconds(400) : .milliseconds(3))
        let outcome: CircuitBreaker.Outcome =
            isDead || random.happens(0.02) ? .failure : .success
        switch breaker.admission(at: now) {
        case .attempt(let permit):
            timeline.add(.answer(permit, outcome, isProbe: false), at: end)
        case .probe(let permit):
            probesOut += 1
            probesAtOnce = max(probesAtOnce, probesOut)
            timeline.add(.answer(permit, outcome, isProbe: true), at: end)
        case .refuse:
            return false
        }
        return true
    }
}
