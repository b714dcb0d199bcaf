import LarderTesting
import Testing

@testable import LarderMemory

/// What a store tells of its keys.
struct KeyEventTests {
    private func tell(_ fixture: StoreFixture) -> [String] {
        fixture.store.events.takeAll().map { event in
            "\(event.kind) \(event.database) \(String(decoding: event.key, as: UTF8.self))"
        }
    }

    @Test func `tells nothing unless somebody wants it`() {
        let fixture = StoreFixture()
        fixture.put("a", count: 1)
        #expect(tell(fixture) == [])
        fixture.store.events.wanted = .writes
        fixture.put("a", count: 1)
        #expect(tell(fixture) == ["replaced 0 a"])
        fixture.store.events.wanted = []
        fixture.put("a", count: 1)
        #expect(tell(fixture) == [])
    }

    @Test func `what nobody takes is bounded in bytes, and the rest is counted`() {
        let log = KeyEventLog()
        let event = KeyEvent(.removed, database: 0, key: [UInt8](repeating: 0, count: 1 << 20))
        for _ in 0..<80 { log.add(event) }
        let room = KeyEventLog.bytesMax >> 20
        #expect(log.lostCount == UInt64(80 - room))
        #expect(log.takeAll().count == room)
        log.add(event)
        #expect(log.takeAll().count == 1)
    }

    @Test func `tells what writes do, in order`() {
        let fixture = StoreFixture()
        fixture.store.events.wanted = .writes
        fixture.put("a", count: 1)
        fixture.put("a", count: 1)
        fixture.access("a") { $0.setExpiry(Moment(milliseconds: 1_005_000)) }
        fixture.access("a") { $0.setExpiry(.never) }
        fixture.access("a") { $0.remove() }
        fixture.access("a") { $0.remove() }
        #expect(
            tell(fixture) == [
                "created 0 a", "replaced 0 a", "expirySet 0 a", "expiryCleared 0 a", "removed 0 a",
            ])
        #expect(tell(fixture) == [])
    }

    @Test func `tells only the kinds that are wanted`() {
        let fixture = StoreFixture()
        fixture.store.events.wanted = .misses
        fixture.put("a", count: 1)
        fixture.access("b") { $0.countRead() }
        #expect(tell(fixture) == ["missed 0 b"])
    }

    @Test func `tells of expiry by a look and by the timer`() {
        var fixture = StoreFixture()
        fixture.put("a", count: 1, expiry: Moment(milliseconds: 1_000_050))
        fixture.put("b", count: 1, expiry: Moment(milliseconds: 1_000_050))
        fixture.store.events.wanted = [.expirations, .misses]
        fixture.now = Moment(milliseconds: 1_000_100)
        fixture.access("a") { $0.countRead() }
        #expect(tell(fixture) == ["expired 0 a", "missed 0 a"])
        fixture.now = Moment(milliseconds: 1_001_000)
        fixture.settle()
        #expect(tell(fixture) == ["expired 0 b"])
    }

    @Test func `tells of what leaves to make room, and not of what was flushed`() {
        var fixture = StoreFixture()
        fixture.put("flushed", count: 1, expiry: Moment(milliseconds: 1_000_050))
        fixture.store.flush(0..<1)
        fixture.store.setEntryMax(8)
        fixture.store.events.wanted = [.evictions, .expirations]
        for number in 0..<64 { fixture.put("key \(number)", count: 1) }
        fixture.now = Moment(milliseconds: 1_001_000)
        fixture.settle()
        let told = tell(fixture)
        let left = (0..<64).count { fixture.value("key \($0)") != nil }
        #expect(told.count == 64 - left)
        #expect(Set(told).count == told.count)
        #expect(told.allSatisfy { $0.hasPrefix("evicted 0 key ") })
    }

    @Test func `each thread gets what it did`() {
        let fixture = StoreFixture()
        fixture.store.events.wanted = .writes
        fixture.put("mine", count: 1)
        let others = onThreads(2) { number in
            fixture.put("other \(number)", count: 1)
            return tell(fixture)
        }
        #expect(others == [["created 0 other 0"], ["created 0 other 1"]])
        #expect(tell(fixture) == ["created 0 mine"])
    }
}
