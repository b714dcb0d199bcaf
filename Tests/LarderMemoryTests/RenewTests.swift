import LarderCore
import LarderMemory
import Testing

@testable import LarderMemory

/// Values that their origin recognises, and that are good again when it does.
@Suite struct RenewTests {
    private static let value = Array("value".utf8)
    private static let validator = Validator(tag: Array("\"v1\"".utf8), modified: [])

    private func loaded(
        _ fixture: StoreFixture, _ value: [UInt8] = value, stale: UInt64 = 5000,
        tags: [String] = []
    ) {
        var provenance = fixture.provenance(fresh: 1000, stale: stale, tags: tags)
        provenance.validator = Self.validator
        fixture.load("key", value, provenance)
    }

    private func point(_ fixture: StoreFixture) -> LoadPoint {
        let key = Array("key".utf8)
        return unsafe fixture.store.loadPoint(
            of: key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now)
    }

    private func renew(
        _ fixture: StoreFixture, _ point: LoadPoint, fresh: UInt64 = 1000, stale: UInt64? = 500
    ) -> RenewOutcome {
        let key = Array("key".utf8)
        let renewal = Renewal(
            Validator(tag: Array("\"v1\"".utf8), modified: []) ?? Self.none, loaded: fixture.now,
            freshUntil: fixture.later(fresh), end: stale.map { fixture.later(fresh + $0) } ?? .never
        )
        return unsafe fixture.store.renew(
            key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now, renewal,
            ifGeneration: point.token)
    }

    private static var none: Validator {
        preconditionFailure("The test's validator is one.")
    }

    @Test(arguments: [5, 5000, 9000, 100_000])
    func `a stale value is fresh again, and is not written`(length: Int) throws {
        var fixture = StoreFixture()
        let value = [UInt8](repeating: 7, count: length)
        loaded(fixture, value, tags: ["one", "two"])
        fixture.advance(2000)
        #expect(fixture.see("key") == .stale(value, since: 1000))
        let writes = fixture.store.statistics.writes
        #expect(renew(fixture, point(fixture)) == .renewed)
        try fixture.store.checkInvariants()
        #expect(fixture.store.statistics.writes == writes)
        #expect(fixture.see("key") == .fresh(value))
        let described = try #require(fixture.describe("key"))
        #expect(described.provenance?.loaded == fixture.now)
        #expect(described.provenance?.tags.all.count == 2)
        #expect(described.provenance?.validator == Self.validator)
        #expect(described.expiry == fixture.later(1000))
        #expect(described.end == fixture.later(1500))
        fixture.advance(1500)
        #expect(fixture.see("key") == .nothing)
    }

    @Test func `an end may be taken away, and come back`() throws {
        let fixture = StoreFixture()
        loaded(fixture)
        #expect(renew(fixture, point(fixture), stale: nil) == .renewed)
        #expect(fixture.describe("key")?.end == .never)
        #expect(renew(fixture, point(fixture)) == .renewed)
        #expect(fixture.describe("key")?.end == fixture.later(1500))
        #expect(fixture.see("key") == .fresh(Self.value))
        try fixture.store.checkInvariants()
    }

    @Test func `a write, a delete and a ban are not renewed over`() {
        let changes: [(StoreFixture) -> Void] = [
            { $0.put("key", [1]) },
            { fixture in fixture.access("key") { $0.remove() } },
            { $0.ban(.tag(Array("one".utf8))) },
            { $0.ban(.tag(Array("one".utf8)), .soft) },
        ]
        for change in changes {
            var fixture = StoreFixture()
            loaded(fixture, tags: ["one"])
            let point = point(fixture)
            fixture.advance(10)
            change(fixture)
            let before = fixture.see("key")
            #expect(renew(fixture, point) != .renewed)
            #expect(fixture.see("key") == before)
        }
    }

    @Test func `a ban of something else is no hindrance, and a soft one of it is over`() {
        var fixture = StoreFixture()
        loaded(fixture, tags: ["one"])
        fixture.ban(.tag(Array("one".utf8)), .soft)
        fixture.advance(10)
        #expect(fixture.see("key") == .stale(Self.value, since: 10))
        let point = point(fixture)
        fixture.ban(.tag(Array("two".utf8)))
        #expect(renew(fixture, point) == .renewed)
        #expect(fixture.see("key") == .fresh(Self.value))
        #expect(fixture.describe("key")?.provenance?.isSoftlyBanned == false)
    }

    @Test func `another value than the validator's is not renewed`() {
        let fixture = StoreFixture()
        loaded(fixture)
        let token = point(fixture)
        var other = fixture.provenance(fresh: 1000)
        other.validator = Validator(tag: Array("\"v2\"".utf8), modified: [])
        fixture.load("key", [2], other)
        #expect(renew(fixture, token) == .gone)
        fixture.load("key", [3], fixture.provenance(fresh: 1000))
        #expect(renew(fixture, token) == .gone)
        fixture.loadAbsent("key", fixture.provenance(fresh: 1000))
        #expect(renew(fixture, token) == .gone)
        #expect(point(fixture).validator == nil)
    }

    /// Fails when a value that a client has changed is renewed as if it were the origin's.
    @Test(arguments: [5, 6, 20_000])
    func `a value that was edited has no validator`(length: Int) throws {
        let fixture = StoreFixture()
        loaded(fixture)
        let key = Array("key".utf8)
        #expect(point(fixture).validator == Self.validator)
        unsafe _ = fixture.store.edit(
            key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now,
            to: { _ in length },
            {
                $0[0] = 86; return true
            })
        #expect(point(fixture).validator == nil)
        fixture.access("key") { #expect($0.provenance?.validator == nil) }
        #expect(renew(fixture, point(fixture)) == .gone)
        try fixture.store.checkInvariants()
    }

    @Test func `a long validator lies behind tags, and stays when the entry is moved`() throws {
        let fixture = StoreFixture()
        let long = Validator(
            tag: [UInt8](repeating: 65, count: 200), modified: [UInt8](repeating: 66, count: 56))
        var provenance = fixture.provenance(fresh: 1000, tags: ["one"])
        provenance.validator = long
        fixture.load("key", Self.value, provenance)
        fixture.access("key") { access in
            #expect(access.version() != nil)
            access.setExpiry(.never)
            #expect(access.valueLength == 5)
        }
        #expect(point(fixture).validator == long)
        #expect(fixture.describe("key")?.provenance?.tags == EntryTags([Array("one".utf8)]))
        #expect(fixture.see("key") == .fresh(Self.value))
        try fixture.store.checkInvariants()
    }
}
