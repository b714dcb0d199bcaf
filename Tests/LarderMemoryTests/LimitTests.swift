import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// What happens at the edges of what a store may hold.
@Suite struct LimitTests {
    @Test(arguments: [100, 8000, 100_000])
    func `refuses a value above the largest, and keeps the old one`(valueMax: Int) {
        let fixture = StoreFixture { $0.valueMax = valueMax }
        fixture.put("key", count: 10)
        #expect(fixture.put("key", count: valueMax + 1) == .tooLarge)
        #expect(fixture.value("key")?.count == 10)
        #expect(fixture.put("key", count: valueMax) == .stored)
        #expect(fixture.value("key")?.count == valueMax)
    }

    @Test func `refuses a value above half of a limit that was lowered`() {
        let fixture = StoreFixture(limit: 64 << 20)
        for number in 0..<200 { fixture.put("small:\(number)", count: 1000) }
        fixture.store.setLimit(MemoryConfiguration.Limit(bytes: 8 << 20))
        #expect(fixture.put("large", count: 6 << 20) == .tooLarge)
        #expect(fixture.store.count(database: 0) == 200)
    }

    @Test(arguments: PolicyKind.allCases)
    func `a limit below what the tables take leaves a store that works`(
        policy: PolicyKind
    ) throws {
        let fixture = StoreFixture(limit: 16 << 20) { $0.policy = policy }
        for number in 0..<250_000 { fixture.put("key:\(number)", count: 8) }
        let budget = fixture.store.budget
        fixture.store.setLimit(MemoryConfiguration.Limit(bytes: 4 << 20))
        #expect(budget.used > 2 * budget.limit)
        fixture.settle()
        #expect(budget.used <= budget.limit)
        // The first writes may evict what was left; the keeping of the house then makes room.
        for _ in 0..<2 {
            for number in 0..<1000 { fixture.put("new:\(number)", count: 8) }
            fixture.settle()
        }
        for number in 0..<1000 { fixture.put("new:\(number)", count: 8) }
        #expect(fixture.store.count(database: 0) > 500)
        #expect(fixture.value("new:999")?.count == 8)
        #expect(budget.used <= budget.limit)
        try fixture.store.checkInvariants()
    }

    @Test func `without eviction a flush makes room at once, wherever its entries lie`() {
        let fixture = StoreFixture(limit: 4 << 20) { $0.evicts = false }
        // Many slots, of which few will be dead.
        for number in 0..<4000 { fixture.put("small:\(number)", count: 8) }
        for number in 0..<4000 { fixture.remove("small:\(number)") }
        for round in 0..<300 {
            for number in 0..<10 {
                let outcome = fixture.put("large:\(number)", count: 20_000)
                #expect(outcome == .stored, "round \(round)")
            }
            fixture.store.flush(0..<1)
        }
    }

    @Test func `refuses a key that is too long`() {
        let fixture = StoreFixture()
        #expect(fixture.put(String(repeating: "k", count: 16_384), count: 1) == .tooLarge)
        #expect(fixture.put(String(repeating: "k", count: 16_383), count: 1) == .stored)
    }

    @Test func `without eviction a full store refuses and loses nothing`() throws {
        let fixture = StoreFixture(limit: 4 << 20) { $0.evicts = false }
        var random = SeededRandom(seed: 3)
        var model: [String: Int] = [:]
        var refusals = 0
        for number in 0..<6000 {
            let key = "key:\(Int.random(in: 0..<3000, using: &random))"
            let count = [64, 900, 3000, 20_000].randomElement(using: &random) ?? 0
            switch fixture.put(key, count: count) {
            case .stored: model[key] = count
            case .outOfMemory: refusals += 1
            case .tooLarge: Issue.record("nothing here is too large")
            }
            if number % 1500 == 0 { try fixture.store.checkInvariants() }
        }
        #expect(refusals > 100)
        for (key, count) in model { #expect(fixture.value(key)?.count == count, "\(key)") }
        #expect(fixture.store.count(database: 0) == model.count)
        #expect(fixture.store.statistics.evictions == 0)
        #expect(fixture.store.budget.used > fixture.store.budget.limit * 3 / 4)
        try fixture.store.checkInvariants()
    }

    @Test func `without eviction the most entries are refused too`() throws {
        let fixture = StoreFixture {
            $0.entryMax = 100
            $0.evicts = false
        }
        let outcomes = (0..<150).map { fixture.put("key:\($0)", count: 10) }
        #expect(outcomes.count { $0 == .stored } == 100)
        #expect(outcomes.count { $0 == .outOfMemory } == 50)
        #expect(fixture.put("key:7", count: 20) == .stored)
        try fixture.store.checkInvariants()
    }

    @Test(arguments: PolicyKind.allCases)
    func `never has more entries than the most`(policy: PolicyKind) throws {
        let fixture = StoreFixture {
            $0.entryMax = 10_000
            $0.policy = policy
        }
        #expect(fixture.store.shardCount > 1)
        for number in 0..<30_000 {
            fixture.put("key:\(number)", count: number % 100)
            if number % 5000 == 4999 {
                #expect(fixture.store.heldCount <= 10_000)
                try fixture.store.checkInvariants()
            }
        }
        #expect(fixture.store.heldCount > 9900)
    }

    @Test func `a lower number of entries is reached by writing`() throws {
        let fixture = StoreFixture { $0.entryMax = 0 }
        for number in 0..<500 { fixture.put("key:\(number)", count: 10) }
        fixture.store.setEntryMax(50)
        for number in 500..<530 { fixture.put("key:\(number)", count: 10) }
        #expect(fixture.store.heldCount <= 50)
        try fixture.store.checkInvariants()
    }

    @Test func `a large value evicts about its size, not twice`() throws {
        let fixture = StoreFixture(limit: 16 << 20) { $0.loopCount = 1 }
        var number = 0
        while fixture.store.statistics.evictions < 100 {
            fixture.put("small:\(number)", count: 1000)
            number += 1
        }
        let before = fixture.store.statistics.evictions
        fixture.put("large", count: 1 << 20)
        let evicted = fixture.store.statistics.evictions - before
        #expect(fixture.value("large")?.count == 1 << 20)
        // 1 MiB is 1,000 entries; the shards' slack may take another few slabs.
        #expect(evicted > 500 && evicted < 1500, "\(evicted) entries left for 1 MiB")
        try fixture.store.checkInvariants()
    }

    @Test func `a lowered limit is reached by keeping house`() throws {
        let fixture = StoreFixture(limit: 64 << 20)
        for number in 0..<8000 { fixture.put("key:\(number)", count: 4000) }
        #expect(fixture.store.budget.used > 30 << 20)
        fixture.store.setLimit(MemoryConfiguration.Limit(bytes: 16 << 20))
        #expect(fixture.settle())
        #expect(fixture.store.budget.used <= 16 << 20)
        #expect(fixture.store.count(database: 0) > 1000)
        try fixture.store.checkInvariants()
    }

    @Test func `small values come into the memory of large ones`() throws {
        let fixture = StoreFixture(limit: 8 << 20) { $0.policy = .lru }
        for number in 0..<40 { fixture.put("large:\(number)", count: 500_000) }
        for number in 0..<60_000 { fixture.put("small:\(number)", count: 64) }
        #expect(fixture.store.count(database: 0) > 40_000)
        try fixture.store.checkInvariants()
    }
}
