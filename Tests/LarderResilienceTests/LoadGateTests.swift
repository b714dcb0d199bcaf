import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// The gate before a modelled origin that collapses when too much is asked of it at once.
@Suite struct LoadGateTests {
    /// Ten times what the origin bears comes in, from a cold start.
    @Test(arguments: UInt64(0)..<1000)
    func `an overloaded origin is never above its limit, and does not collapse`(
        seed: UInt64
    ) throws {
        var limit = ConcurrencyLimit.Configuration()
        (limit.least, limit.first, limit.most) = (2, 12, 12)
        var world = try GateWorld(
            seed: seed, bears: 12, limit: limit, slowStart: .milliseconds(500))
        try world.run(for: .milliseconds(1500), offered: 10)
        #expect(world.mostAtOnce <= 12)
        #expect(world.mostAtOnceEarly <= 4, "it did not begin slowly")
        // 12 places of 100 ms bear 120 loads per second; half a second began slowly.
        #expect(world.answered > 80)
        #expect(world.worstWait <= 1_000_000_000)
        #expect(world.answered + world.dropped + world.full <= world.arrived)
        #expect(world.gate.queue.count + world.gate.limit.inFlight > 0)
    }

    @Test(arguments: UInt64(0)..<4)
    func `finds what an origin bears, when the operator does not know`(seed: UInt64) throws {
        var limit = ConcurrencyLimit.Configuration()
        (limit.least, limit.first, limit.most) = (2, 4, 1000)
        var world = try GateWorld(seed: seed, bears: 24, limit: limit, slowStart: .zero)
        try world.run(for: .seconds(20), offered: 3)
        #expect(world.gate.limit.limit > 14, "it gives away what the origin bears")
        #expect(world.gate.limit.limit < 48, "it drives the origin into collapse")
        #expect(Double(world.answered) > 0.6 * 240 * 20)
    }

    @Test func `timeouts shrink the limit to its least, answers let it grow again`() throws {
        var clock = ManualClock()
        var limit = try ConcurrencyLimit(at: clock.now)
        func round(_ limit: inout ConcurrencyLimit, _ outcome: ConcurrencyLimit.Outcome) {
            let count = limit.limit
            for _ in 0..<count { limit.enter() }
            clock.advance(by: .milliseconds(120))
            for _ in 0..<count { limit.leave(outcome, at: clock.now) }
        }
        for _ in 0..<40 { round(&limit, .overloaded) }
        #expect(limit.limit == 4)
        for _ in 0..<400 { round(&limit, .answered(after: .milliseconds(20))) }
        #expect(limit.limit == 64)
        for _ in 0..<40 { round(&limit, .answered(after: .milliseconds(200))) }
        #expect(limit.limit < 40, "slow answers do not shrink it")
        let before = limit.limit
        for _ in 0..<40 { round(&limit, .none) }
        #expect(limit.limit == before, "cancelled loads taught it something")
    }

    @Test func `an idle limit does not grow`() throws {
        var clock = ManualClock()
        var limit = try ConcurrencyLimit(at: clock.now)
        for _ in 0..<1000 {
            limit.enter()
            clock.advance(by: .milliseconds(20))
            limit.leave(.answered(after: .milliseconds(20)), at: clock.now)
        }
        #expect(limit.limit == 16)
    }

    @Test func `slow start grows from its share to the whole, and begins again`() {
        var start = SlowStart(duration: .seconds(5), at: .at(.seconds(10)))
        #expect(start.cap(of: 64, at: .at(.seconds(10))) == 16)
        var last = 0
        for step in 0...60 {
            let cap = start.cap(of: 64, at: .at(.milliseconds(10_000 + step * 100)))
            #expect(cap >= last && cap <= 64)
            last = cap
        }
        #expect(last == 64 && start.cap(of: 2, at: .at(.seconds(10))) == 1)
        #expect(start.nextGrowth(of: 64, at: .at(.seconds(15))) == nil)
        start.restart(at: .at(.seconds(20)))
        #expect(start.cap(of: 64, at: .at(.seconds(20))) == 16)
    }

    @Test func `who may not go for lack of budget waits, and goes later`() throws {
        var world = try GateWorld(seed: 1, bears: 4, limit: .init(), slowStart: .zero)
        var step = LoadGate<Int>.Step()
        let now = Tick.at(.seconds(1))
        let entrance = world.gate.enter(1, deadline: .at(.seconds(9)), at: now) { false }
        guard case .wait = entrance else {
            Issue.record("it went")
            return
        }
        world.gate.advance(at: now, &step) { false }
        #expect(step.started.isEmpty)
        world.gate.advance(at: now, &step)
        #expect(step.started == [1] && world.gate.limit.inFlight == 1)
    }
}
