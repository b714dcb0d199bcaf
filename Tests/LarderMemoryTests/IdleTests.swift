import LarderCore
import LarderMemory
import LarderPolicy
import Testing

@testable import LarderMemory

/// Entries that go when nobody reads them.
@Suite struct IdleTests {
    private static let value = Array("value".utf8)

    /// Keys of seven bytes go after 1,600 ms, which may be 1,700, without a read.
    private func fixture() -> StoreFixture {
        let fixture = StoreFixture()
        fixture.store.classifyKeys { $0.byteCount == 7 ? 3 : 0 }
        fixture.store.setTimes([
            3: NamespaceTimes(idle: IdleRule(milliseconds: 1600, staleMilliseconds: 500))
        ])
        return fixture
    }

    private func housekeep(_ fixture: StoreFixture) {
        for number in 0..<fixture.store.shardCount {
            fixture.store.shards.withLock(number) {
                while $0.expireDue(at: fixture.now, limit: 1000) {}
            }
        }
    }

    @Test func `goes when nobody reads it, and others stay`() throws {
        var fixture = fixture()
        fixture.put("session", Self.value)
        fixture.put("other", Self.value)
        fixture.put("session", Self.value, database: 1)
        fixture.advance(1600)
        #expect(fixture.standing("session") == .fresh)
        fixture.advance(100)
        #expect(fixture.standing("session") == .absent)
        #expect(fixture.value("session", database: 1) == Self.value)
        #expect(fixture.value("other") == Self.value)
        housekeep(fixture)
        #expect(fixture.store.heldCount == 2)
        try fixture.store.checkInvariants()
    }

    /// Fails when a kind of read does not move the end, or one that is none does.
    @Test(arguments: [Use.get, .touch, .countRead, .edit, .large, .describe])
    func `a read moves its end`(use: Use) throws {
        var fixture = fixture()
        let value = use == .large ? [UInt8](repeating: 1, count: 50_000) : Self.value
        fixture.put("session", value)
        for _ in 0..<10 {
            fixture.advance(1500)
            perform(use, fixture)
            try fixture.store.checkInvariants()
        }
        #expect((fixture.standing("session") == .fresh) == (use != .describe))
        fixture.advance(1599)
        #expect((fixture.standing("session") == .fresh) == (use != .describe))
        fixture.advance(101)
        #expect(fixture.standing("session") == .absent)
    }

    enum Use: CaseIterable { case get, touch, countRead, edit, large, describe }

    private func perform(_ use: Use, _ fixture: StoreFixture) {
        switch use {
        case .get, .large: _ = fixture.see("session")
        case .touch: fixture.access("session") { $0.touch() }
        case .countRead: fixture.access("session") { $0.countRead() }
        case .describe: _ = fixture.describe("session")
        case .edit:
            let key = Array("session".utf8)
            unsafe _ = fixture.store.edit(
                key.span.bytes, fixture.hash("session"), database: 0, at: fixture.now,
                to: { $0.valueLength },
                {
                    $0[0] = 86; return true
                })
        }
    }

    @Test func `no read moves it beyond its time`() {
        var fixture = fixture()
        fixture.put("session", Self.value, expiry: fixture.later(4000))
        for _ in 0..<4 {
            fixture.access("session") { #expect($0.expiry == Moment(milliseconds: 1_004_000)) }
            #expect(fixture.see("session") == .plain(Self.value))
            fixture.advance(999)
        }
        #expect(fixture.see("session") == .plain(Self.value))
        fixture.advance(4)
        #expect(fixture.see("session") == .nothing)
    }

    @Test func `a new time to live holds, and lets it slide on`() throws {
        var fixture = fixture()
        fixture.put("session", Self.value, expiry: fixture.later(2000))
        fixture.access("session") { $0.setExpiry(.never) }
        for _ in 0..<5 {
            fixture.advance(1000)
            #expect(fixture.see("session") == .plain(Self.value))
            try fixture.store.checkInvariants()
        }
        fixture.access("session") { $0.setExpiry(fixture.later(500)) }
        fixture.advance(500)
        #expect(fixture.see("session") == .nothing)
    }

    @Test func `an edit that makes it longer keeps its time, and lets it slide on`() {
        var fixture = fixture()
        fixture.put("session", Self.value)
        let key = Array("session".utf8)
        for length in [50, 500, 20_000] {
            fixture.advance(1000)
            unsafe _ = fixture.store.edit(
                key.span.bytes, fixture.hash("session"), database: 0, at: fixture.now,
                to: { _ in length }, { _ in true })
            fixture.access("session") { #expect($0.expiry == .never && $0.valueLength == length) }
        }
        fixture.advance(1699)
        #expect(fixture.standing("session") == .fresh)
        fixture.advance(1)
        #expect(fixture.standing("session") == .absent)
    }

    @Test func `what was loaded slides too, within its windows`() throws {
        var fixture = fixture()
        func load(fresh: UInt64) {
            fixture.load(
                "session", "value", fixture.provenance(fresh: fresh, stale: 500, namespace: 3))
        }
        load(fresh: 10_000)
        fixture.advance(1700)
        #expect(fixture.see("session") == .nothing)
        load(fresh: 4000)
        for _ in 0..<3 {
            fixture.advance(1000)
            #expect(fixture.see("session") == .fresh(Self.value))
        }
        fixture.advance(999)
        #expect(fixture.see("session") == .fresh(Self.value))
        fixture.advance(500)
        #expect(fixture.see("session") == .stale(Self.value, since: 499))
        fixture.advance(1)
        #expect(fixture.see("session") == .nothing)
        try fixture.store.checkInvariants()
    }

    /// A read that changes less than a sixteenth writes nothing.
    @Test func `its end moves seldom`() {
        var fixture = fixture()
        fixture.put("session", Self.value)
        var ends: Set<Moment?> = []
        for _ in 0..<160 {
            fixture.advance(10)
            _ = fixture.see("session")
            ends.insert(fixture.describe("session")?.end)
        }
        #expect((14...17).contains(ends.count))
    }

    @Test func `who watches it hears when it goes`() {
        var fixture = fixture()
        fixture.put("session", Self.value)
        let (key, watch) = (Array("session".utf8), KeyWatch())
        unsafe fixture.store.watch(
            key.span.bytes, fixture.hash("session"), database: 0, at: fixture.now, by: watch)
        fixture.advance(1600)
        #expect(fixture.see("session") == .plain(Self.value))
        fixture.advance(1699)
        #expect(fixture.standing("session") == .fresh)
        #expect(!fixture.store.isBroken(watch, at: fixture.now))
        fixture.advance(1)
        #expect(fixture.standing("session") == .absent)
        #expect(fixture.store.isBroken(watch, at: fixture.now))
        fixture.store.endWatch(watch)
    }
}
