import LarderCore
import LarderMemory
import Testing

/// Databases: flushing, swapping, counting, scanning.
@Suite struct KeyspaceTests {
    @Test func `a flush empties one database at once, and its memory comes back`() throws {
        let fixture = StoreFixture()
        for number in 0..<2000 { fixture.put("key:\(number)", count: 7000) }
        fixture.put("other", count: 5, database: 1)
        let before = fixture.store.budget.used
        fixture.store.flush(0..<1)
        #expect(fixture.store.count(database: 0) == 0)
        #expect(fixture.value("key:5") == nil)
        #expect(fixture.value("other", database: 1)?.count == 5)
        #expect(fixture.store.heldCount == 2001)
        #expect(fixture.settle())
        #expect(fixture.store.heldCount == 1)
        #expect(fixture.store.budget.used < before)
        try fixture.store.checkInvariants()
    }

    @Test func `swapped databases have each other's entries`() throws {
        let fixture = StoreFixture()
        for number in 0..<100 { fixture.put("key:\(number)", count: 1, database: 2) }
        fixture.put("key:1", count: 2, database: 5)
        fixture.store.swap(2, 5)
        #expect(fixture.store.count(database: 2) == 1)
        #expect(fixture.store.count(database: 5) == 100)
        #expect(fixture.value("key:1", database: 2)?.count == 2)
        #expect(fixture.value("key:1", database: 5)?.count == 1)
        fixture.store.flush(5..<6)
        #expect(fixture.value("key:1", database: 2)?.count == 2)
        #expect(fixture.settle())
        try fixture.store.checkInvariants()
    }

    @Test func `9,000 flushes without keeping house never bring a key back`() throws {
        let fixture = StoreFixture(limit: 8 << 20)
        for round in 0..<9000 {
            fixture.put("key:\(round % 7)", count: 1)
            if round % 3 == 0 { fixture.put("key:\(round)", count: 1) }
            fixture.store.flush(0..<1)
            #expect(fixture.value("key:\(round % 7)") == nil)
            #expect(fixture.store.count(database: 0) == 0)
        }
        try fixture.store.checkInvariants()
        #expect(fixture.settle())
        #expect(fixture.store.heldCount == 0)
    }

    @Test func `a scan of a resting store visits every key exactly once`() {
        let fixture = StoreFixture()
        for number in 0..<5000 { fixture.put("key:\(number)", count: 1) }
        fixture.put("elsewhere", count: 1, database: 1)
        let found = fixture.scanAll()
        #expect(found.count == 5000)
        #expect(found.values.allSatisfy { $0 == 1 })
    }

    @Test func `a scan visits what stays while tables grow and shrink`() throws {
        let fixture = StoreFixture(limit: 256 << 20)
        for number in 0..<2000 { fixture.put("stays:\(number)", count: 1) }
        for isGrowing in [true, false] {
            var next = 0
            let found = fixture.scanAll(limit: 20) {
                for _ in 0..<150 where next < 20_000 {
                    let key = "comes:\(next)"
                    if isGrowing { fixture.put(key, count: 1) } else { fixture.remove(key) }
                    next += 1
                }
                for shard in 0..<fixture.store.shardCount {
                    _ = fixture.store.housekeep(shard: shard, at: fixture.now, limit: 64)
                }
            }
            #expect(next == 20_000)
            let missing = (0..<2000).filter { found["stays:\($0)"] == nil }
            #expect(missing.isEmpty)
        }
        try fixture.store.checkInvariants()
    }

    @Test(arguments: [Int.min, 0, 1, Int.max])
    func `a scan ends whatever limit and cursor it is given`(limit: Int) {
        let fixture = StoreFixture()
        for number in 0..<100 { fixture.put("key:\(number)", count: 1) }
        #expect(fixture.scanAll(limit: limit).count == 100)
        #expect(
            fixture.store.scan(from: .max, database: 0, limit: limit, at: fixture.now) { _ in } == 0
        )
    }
}
