import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// The timer wheel, seen from outside: what is due goes, and nothing else.
@Suite struct ExpiryTests {
    /// Lives from a millisecond to weeks, and steps of time up to days: every ring is used, and
    /// entries move from ring to ring.
    @Test(arguments: UInt64(0)..<6)
    func `nothing expires early, and what is due is gone within 128 ms`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var fixture = StoreFixture(limit: 4 << 20)
        var due: [String: UInt64] = [:]
        for step in 0..<120 {
            for _ in 0..<5 {
                let key = "key:\(Int.random(in: 0..<500, using: &random))"
                let exponent = Int.random(in: 0..<31, using: &random)
                let life = UInt64.random(in: 1...(1 << UInt64(exponent)), using: &random)
                let expiry = fixture.now.milliseconds + life
                fixture.put(key, count: 1, expiry: Moment(milliseconds: expiry))
                due[key] = expiry
            }
            let exponent = Int.random(in: 0..<(step % 20 == 19 ? 29 : 18), using: &random)
            let pause = UInt64.random(in: 0...(1 << UInt64(exponent)), using: &random)
            fixture.now = Moment(milliseconds: fixture.now.milliseconds + pause)
            #expect(fixture.settle())
            let now = fixture.now.milliseconds
            let alive = due.values.count { $0 > now }
            let lingering = due.values.count { $0 <= now }
            let held = fixture.store.heldCount
            #expect(held >= alive && held <= alive + lingering, "step \(step)")
            due = due.filter { $0.value + 128 > now }
            if step % 50 == 0 { try fixture.store.checkInvariants() }
        }
        for key in due.filter({ $0.value > fixture.now.milliseconds }).keys {
            #expect(fixture.value(key) != nil, "\(key) expired early")
        }
    }

    @Test func `an expired entry is gone at its moment, before any housekeeping`() {
        var fixture = StoreFixture()
        let end = fixture.now.milliseconds + 100
        fixture.put("key", count: 1, expiry: Moment(milliseconds: end))
        fixture.now = Moment(milliseconds: end - 1)
        #expect(fixture.value("key") != nil)
        fixture.now = Moment(milliseconds: end)
        #expect(fixture.value("key") == nil)
        #expect(fixture.store.statistics.expirations == 1)
    }

    @Test func `an expiry can be moved, taken away and given`() throws {
        var fixture = StoreFixture()
        let start = fixture.now.milliseconds
        fixture.put("moved", count: 100, expiry: Moment(milliseconds: start + 100))
        fixture.put("freed", count: 20_000, expiry: Moment(milliseconds: start + 100))
        fixture.put("given", count: 100)
        fixture.access("moved") { $0.setExpiry(Moment(milliseconds: start + 1_000_000)) }
        fixture.access("freed") { $0.setExpiry(.never) }
        fixture.access("given") { $0.setExpiry(Moment(milliseconds: start + 50)) }
        #expect(fixture.store.expiringCount(database: 0) == 2)
        fixture.now = Moment(milliseconds: start + 10_000)
        #expect(fixture.settle())
        #expect(fixture.value("moved")?.count == 100)
        #expect(fixture.value("freed")?.count == 20_000)
        #expect(fixture.store.heldCount == 2)
        try fixture.store.checkInvariants()
    }

    @Test func `expired memory comes back without a look at live data`() {
        var fixture = StoreFixture()
        for number in 0..<5000 { fixture.put("stays:\(number)", count: 100) }
        for number in 0..<1000 {
            let end = Moment(milliseconds: fixture.now.milliseconds + 10)
            fixture.put("goes:\(number)", count: 8000, expiry: end)
        }
        let before = fixture.store.budget.used
        fixture.now = Moment(milliseconds: fixture.now.milliseconds + 500)
        var steps = 0
        for shard in 0..<fixture.store.shardCount {
            while fixture.store.housekeep(shard: shard, at: fixture.now, limit: 16) { steps += 1 }
        }
        #expect(fixture.store.heldCount == 5000)
        #expect(fixture.store.budget.used < before)
        #expect(steps < 500, "\(steps) steps of 16 for 1,000 entries")
    }
}
