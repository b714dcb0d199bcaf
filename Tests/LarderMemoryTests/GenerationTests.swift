import LarderCore
import LarderMemory
import Testing

/// Promise P2 at the level of the store: a load that began before a write or an invalidation is
/// never stored after it.
@Suite struct GenerationTests {
    @Test func `a fill without anything in between is stored`() {
        let fixture = StoreFixture()
        let token = fixture.token("key")
        #expect(fixture.fill("key", "loaded", token))
        #expect(fixture.value("key") == Array("loaded".utf8))
    }

    @Test func `a write in between makes a fill fail`() {
        let fixture = StoreFixture()
        let token = fixture.token("key")
        fixture.put("key", count: 3)
        #expect(fixture.fill("key", "loaded", token) == false)
        #expect(fixture.value("key")?.count == 3)
    }

    @Test func `a delete in between makes a fill fail, also of an absent key`() {
        let fixture = StoreFixture()
        let token = fixture.token("key")
        fixture.remove("key")
        #expect(fixture.fill("key", "loaded", token) == false)
        #expect(fixture.value("key") == nil)
    }

    @Test func `a write and a delete in between leave the key absent`() {
        let fixture = StoreFixture()
        let token = fixture.token("key")
        fixture.put("key", count: 3)
        fixture.remove("key")
        #expect(fixture.fill("key", "loaded", token) == false)
        #expect(fixture.value("key") == nil)
    }

    @Test func `a flush or a swap in between makes a fill fail, of an empty database too`() {
        let fixture = StoreFixture()
        let beforeFlush = fixture.token("key")
        fixture.store.flush(3..<4)
        #expect(fixture.fill("key", "loaded", beforeFlush) == false)
        let beforeSwap = fixture.token("key")
        fixture.store.swap(0, 1)
        #expect(fixture.fill("key", "loaded", beforeSwap) == false)
        #expect(fixture.value("key") == nil)
    }

    @Test func `expiry in between does not matter`() {
        var fixture = StoreFixture()
        fixture.put(
            "key", count: 3, expiry: Moment(milliseconds: fixture.now.milliseconds + 10))
        let token = fixture.token("key")
        fixture.now = Moment(milliseconds: fixture.now.milliseconds + 10_000)
        #expect(fixture.value("key") == nil)
        #expect(fixture.fill("key", "loaded", token))
        #expect(fixture.value("key") == Array("loaded".utf8))
    }

    @Test func `eviction in between does not matter`() {
        let fixture = StoreFixture(limit: 2 << 20) { $0.policy = .fifo }
        fixture.put("key", count: 3)
        let token = fixture.token("key")
        let stripe = (fixture.hash("key") >> 16) & 4095
        var number = 0
        while fixture.value("key") != nil {
            let other = "other:\(number)"
            number += 1
            // A write to the same stripe would be a good reason to fail.
            if (fixture.hash(other) >> 16) & 4095 != stripe { fixture.put(other, count: 1000) }
        }
        #expect(fixture.fill("key", "loaded", token))
    }

    @Test func `a refused write moves nothing`() {
        let fixture = StoreFixture { $0.valueMax = 100_000 }
        let token = fixture.token("key")
        #expect(fixture.put("key", count: 200_000) == .tooLarge)
        #expect(fixture.fill("key", "loaded", token))
    }
}
