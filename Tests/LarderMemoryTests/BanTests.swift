import LarderCore
import LarderMemory
import Testing

/// What a ban means, for whom, and when.
@Suite struct BanTests {
    private static let value = Array("value".utf8)
    private static let keys = ["user:42", "user:42:name", "user:42:a:b", "user:421", "user", "x"]

    private func filled(_ keys: [String] = keys, tags: [String] = []) -> StoreFixture {
        let fixture = StoreFixture()
        for key in keys {
            fixture.load(key, "value", fixture.provenance(fresh: 1000, stale: 500, tags: tags))
        }
        return fixture
    }

    private func left(_ fixture: StoreFixture) -> Set<String> { Set(fixture.scanAll().keys) }

    @Test(arguments: [
        ("user:42:*", ["user:421", "user", "x"]),
        ("user:42:+", ["user:42", "user:421", "user", "x"]),
        ("user:*", ["x"]),
        ("*", []),
        ("user:4:*", keys),
    ])
    func `a prefix kills what is below it at any level`(pattern: String, left: [String]) {
        let fixture = filled()
        fixture.ban(StoreFixture.prefix(pattern))
        #expect(self.left(fixture) == Set(left))
        for key in Self.keys {
            #expect(fixture.see(key) == (left.contains(key) ? .fresh(Self.value) : .nothing))
        }
    }

    @Test(arguments: ["", "user:42", "us*", ":*", "+", "user*", "user:42:"])
    func `other patterns are none`(pattern: String) {
        #expect(KeyPrefix(pattern: StoreFixture.bytes(pattern)) == nil)
    }

    @Test func `a tag, a namespace and everything kill theirs, plain entries too`() {
        let fixture = StoreFixture()
        fixture.store.classifyKeys { $0.byteCount == 5 ? 3 : 0 }
        fixture.load("a", "value", fixture.provenance(tags: ["red", "blue"]))
        fixture.load("b", "value", fixture.provenance(namespace: 3))
        fixture.put("plain", Self.value)
        fixture.put("other", Self.value, database: 1)
        fixture.put("rest", Self.value)
        fixture.ban(.tag(Array("blu".utf8)))
        #expect(left(fixture) == ["a", "b", "plain", "rest"])
        fixture.ban(.tag(Array("blue".utf8)))
        #expect(left(fixture) == ["b", "plain", "rest"])
        fixture.ban(.namespace(3))
        #expect(left(fixture) == ["rest"])
        #expect(fixture.value("other", database: 1) == Self.value)
        fixture.ban(.everything)
        #expect(left(fixture).isEmpty)
        #expect(fixture.value("other", database: 1) == nil)
    }

    @Test func `a soft ban makes stale for as long as the window, and ends plain entries`() {
        var fixture = filled(["user:1", "user:2"])
        fixture.put("user:plain", Self.value)
        fixture.advance(100)
        fixture.ban(StoreFixture.prefix("user:*"), .soft)
        fixture.advance(499)
        #expect(fixture.see("user:1") == .stale(Self.value, since: 499))
        #expect(fixture.describe("user:1")?.provenance?.isSoftlyBanned == true)
        #expect(fixture.see("user:plain") == .nothing)
        fixture.advance(1)
        #expect(fixture.see("user:1") == .nothing)
        // The other was met by nobody while the window was open.
        #expect(fixture.see("user:2") == .nothing)
    }

    @Test func `a hard ban kills stale copies`() {
        var fixture = filled(["user:1"])
        fixture.advance(1200)
        #expect(fixture.see("user:1") == .stale(Self.value, since: 200))
        fixture.ban(StoreFixture.prefix("user:*"))
        #expect(fixture.see("user:1") == .nothing)
    }

    @Test(arguments: [Ban.Strength.hard, .soft])
    func `what is stored after the ban lives`(strength: Ban.Strength) throws {
        let fixture = filled(["user:1", "user:2", "user:3"], tags: ["red"])
        fixture.put("user:db", Self.value, database: 1)
        fixture.ban(.tag(Array("red".utf8)), strength)
        fixture.ban(StoreFixture.prefix("user:*"), strength)
        fixture.put("user:1", [1])
        fixture.load("user:2", [2], fixture.provenance(tags: ["red"]))
        fixture.put("user:new", count: 20_000)
        fixture.access("user:db", database: 1) { $0.move(toDatabase: 0) }
        for _ in 0..<2 {
            #expect(fixture.value("user:1") == [1])
            #expect(fixture.see("user:2") == .fresh([2]))
            #expect(fixture.value("user:new")?.count == 20_000)
            #expect(fixture.value("user:db") == Self.value)
            try fixture.store.checkInvariants()
            #expect(fixture.settle())
        }
        #expect(fixture.store.activeBanCount == 0)
        #expect(fixture.scanAll().count == 4)
    }

    @Test func `a banned key is gone, its load does not fill, and others do`() {
        let fixture = filled(["user:1"])
        fixture.put("plain", Self.value)
        let (one, absent, other) = (
            fixture.token("user:1"), fixture.token("absent"), fixture.token("x")
        )
        fixture.ban(.key(StoreFixture.bytes("user:1"), database: 0), .soft)
        fixture.ban(.key(StoreFixture.bytes("plain"), database: 0), .soft)
        fixture.ban(.key(StoreFixture.bytes("absent"), database: 0))
        #expect(fixture.see("user:1") == .stale(Self.value, since: 0))
        #expect(fixture.see("plain") == .nothing)
        #expect(fixture.load("user:1", [1], fixture.provenance(), token: one) == .outdated)
        #expect(fixture.loadAbsent("absent", fixture.provenance(), token: absent) == .outdated)
        #expect(fixture.load("x", [1], fixture.provenance(), token: other) == .stored)
        fixture.ban(.key(StoreFixture.bytes("user:1"), database: 0))
        #expect(fixture.see("user:1") == .nothing)
    }

    @Test func `a ban outlives neither an exchange of databases nor a flush`() {
        let fixture = filled(["user:1"])
        fixture.put("user:2", Self.value, database: 1)
        fixture.ban(StoreFixture.prefix("user:*"))
        fixture.store.swap(0, 1)
        #expect(fixture.value("user:1", database: 1) == nil)
        #expect(fixture.value("user:2") == Self.value)
        fixture.store.flush(0..<1)
        fixture.put("user:2", [1])
        #expect(fixture.settle())
        #expect(fixture.value("user:2") == [1])
    }

    @Test func `breaks the watches of keys that it means, and of no others`() {
        let fixture = filled(["user:1", "x"])
        let watches = ["user:1", "x", "user:absent"].map { key in
            let (bytes, watch) = (StoreFixture.bytes(key), KeyWatch())
            unsafe fixture.store.watch(
                bytes.span.bytes, fixture.hash(key), database: 0, at: fixture.now, by: watch)
            return watch
        }
        fixture.ban(StoreFixture.prefix("user:*"))
        #expect(
            watches.map { fixture.store.isBroken($0, at: fixture.now) } == [true, false, false])
    }

    @Test func `tells that the entries were removed`() {
        let fixture = filled(["user:1", "user:2", "user:3", "x"])
        fixture.store.events.wanted = .writes
        fixture.ban(StoreFixture.prefix("user:*"))
        fixture.ban(.key(StoreFixture.bytes("x"), database: 0), .soft)
        fixture.settle()
        let events = fixture.store.events.takeAll()
        #expect(events.allSatisfy { $0.kind == .removed })
        let keys = events.map { String(decoding: $0.key, as: UTF8.self) }
        #expect(keys.sorted() == ["user:1", "user:2", "user:3", "x"])
    }

    @Test func `each has another number, and a swept store forgets it`() {
        let fixture = filled()
        let first = fixture.ban(.tag([1]))
        #expect(fixture.ban(.key([1], database: 0)) == first + 1)
        #expect(fixture.ban(.everything) == first + 2)
        #expect(fixture.store.activeBanCount == 2)
        #expect(fixture.settle())
        #expect(fixture.store.activeBanCount == 0)
        #expect(fixture.store.heldCount == 0)
    }
}
