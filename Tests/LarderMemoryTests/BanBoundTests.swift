import LarderCore
import LarderMemory
import Testing

/// What keeps bans small: their number, and the work of a step.
@Suite struct BanBoundTests {
    private static func tag(_ number: Int) -> BanScope { .tag(Array("tag:\(number)".utf8)) }

    private func single(_ count: Int) -> StoreFixture {
        let fixture = StoreFixture(limit: 4 << 20)
        for number in 0..<count { fixture.put("key:\(number)", [1]) }
        return fixture
    }

    @Test func `a step of the sweep looks at no more entries than it may (P11)`() {
        let fixture = single(20_000)
        fixture.ban(StoreFixture.prefix("key:*"))
        var before = fixture.store.heldCount
        #expect(before == 20_000)
        for _ in 0..<10_000 where before > 0 {
            for shard in 0..<fixture.store.shardCount {
                _ = fixture.store.housekeep(shard: shard, at: fixture.now, limit: 64)
                let held = fixture.store.heldCount
                #expect(before - held <= 64)
                before = held
            }
        }
        #expect(before == 0)
        #expect(fixture.store.activeBanCount == 0)
        #expect(fixture.store.statistics.bannedEntries == 20_000)
    }

    @Test func `a ban in the middle of a sweep is carried out on all slots, new ones or not`() {
        let fixture = single(5000)
        fixture.ban(Self.tag(1))
        for round in 0..<8 {
            for shard in 0..<fixture.store.shardCount {
                _ = fixture.store.housekeep(shard: shard, at: fixture.now, limit: 64)
            }
            for number in 0..<200 { fixture.put("new:\(round):\(number)", [1]) }
            if round == 3 { fixture.ban(StoreFixture.prefix("key:*")) }
        }
        fixture.ban(StoreFixture.prefix("new:*"))
        fixture.settle()
        #expect(fixture.store.heldCount == 0)
    }

    @Test func `too many bans become one of everything, or of their namespace`() {
        let fixture = single(0)
        fixture.load("in", [1], fixture.provenance(stale: 100, namespace: 5))
        fixture.load("out", [1], fixture.provenance(stale: 100, namespace: 6))
        for number in 0..<64 { fixture.ban(Self.tag(number), .soft, within: 5) }
        #expect(fixture.store.activeBanCount == 64)
        #expect(fixture.see("in") == .fresh([1]))
        fixture.ban(Self.tag(64), .soft, within: 5)
        #expect(fixture.store.activeBanCount == 1)
        #expect(fixture.see("in") == .stale([1], since: 0))
        #expect(fixture.see("out") == .fresh([1]))
        for number in 0..<63 { fixture.ban(Self.tag(number), number == 7 ? .hard : .soft) }
        fixture.put("plain", [1])
        fixture.ban(Self.tag(64), .soft)
        for key in ["in", "out", "plain"] { #expect(fixture.see(key) == .nothing) }
        #expect(fixture.store.statistics.widenedBans >= 2)
    }

    @Test func `loads that began before bans that are forgotten do not fill`() {
        let fixture = single(0)
        fixture.put("stays", [1])
        let old = fixture.token("key")
        fixture.ban(StoreFixture.prefix("other:*"))
        fixture.settle()
        #expect(fixture.load("key", [1], fixture.provenance(), token: old) == .stored)
        let middle = fixture.token("key")
        for number in 0..<70 {
            fixture.ban(Self.tag(number))
            fixture.settle()
        }
        #expect(fixture.load("key", [2], fixture.provenance(), token: old) == .outdated)
        #expect(fixture.load("key", [2], fixture.provenance(), token: middle) == .outdated)
        let fresh = fixture.token("key")
        #expect(fixture.load("key", [2], fixture.provenance(), token: fresh) == .stored)
    }

    @Test func `a plain hit asks no ban once none is active`() {
        let fixture = single(10)
        let asked = Guarded(0)
        fixture.store.classifyKeys { _ in
            asked.withLock { $0 += 1 }
            return 0
        }
        fixture.ban(.namespace(1))
        #expect(fixture.see("key:1") == .plain([1]))
        #expect(asked.withLock { $0 } == 1)
        fixture.settle()
        let swept = asked.withLock { $0 }
        #expect(fixture.see("key:1") == .plain([1]))
        #expect(asked.withLock { $0 } == swept)
    }
}

/// Promise P2 with bans: what was read before one is never stored after it.
@Suite struct BanFillTests {
    private static let loaded: [UInt8] = [1]

    @Test(arguments: [Ban.Strength.hard, .soft], [false, true])
    func `a ban fails the loads that began before it, swept or not`(
        strength: Ban.Strength, isSwept: Bool
    ) {
        let bans: [(BanScope, Set<String>)] = [
            (StoreFixture.prefix("user:*"), ["user:1", "user:tagged"]),
            (.tag(Array("red".utf8)), ["user:tagged"]),
            (.namespace(4), ["spaced"]),
            (.everything, ["user:1", "user:tagged", "spaced", "x"]),
        ]
        for (scope, meant) in bans {
            let fixture = StoreFixture()
            fixture.put("stays", [1], database: 2)
            for key in ["user:1", "user:tagged", "spaced", "x"] {
                let token = fixture.token(key)
                fixture.ban(scope, strength)
                if isSwept { fixture.settle() }
                let provenance = fixture.provenance(
                    namespace: key == "spaced" ? 4 : 0, tags: key == "user:tagged" ? ["red"] : [])
                let outcome = fixture.load(key, Self.loaded, provenance, token: token)
                #expect(outcome == (meant.contains(key) ? .outdated : .stored))
            }
        }
    }

    @Test func `a ban fails the load of a key that turns out to be absent`() {
        let fixture = StoreFixture()
        for scope in [StoreFixture.prefix("user:*"), .tag([1]), .everything] {
            let token = fixture.token("user:1")
            #expect(fixture.isCurrent(token, "user:1"))
            fixture.ban(scope)
            #expect(!fixture.isCurrent(token, "user:1"))
            #expect(
                fixture.loadAbsent("user:1", fixture.provenance(), token: token) == .outdated)
            #expect(fixture.standing("user:1") == .absent)
        }
        let token = fixture.token("x")
        fixture.ban(StoreFixture.prefix("user:*"))
        #expect(fixture.isCurrent(token, "x"))
        #expect(fixture.loadAbsent("x", fixture.provenance(), token: token) == .stored)
    }
}

extension StoreFixture {
    func isCurrent(_ token: FillToken, _ key: String) -> Bool {
        let bytes = Self.bytes(key)
        return unsafe store.isCurrent(
            token, for: bytes.span.bytes, store.hash(bytes.span.bytes), database: 0)
    }
}
