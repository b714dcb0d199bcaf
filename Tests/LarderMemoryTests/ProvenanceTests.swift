import LarderCore
import LarderMemory
import LarderPolicy
import Testing

@testable import LarderMemory

/// Entries that know where they came from and how long they are good.
@Suite struct ProvenanceTests {
    private static let value = Array("value".utf8)

    @Test func `is fresh, then stale, then gone at the end of its last window`() {
        var fixture = StoreFixture()
        fixture.load("key", "value", fixture.provenance(fresh: 1000, stale: 500))
        #expect(fixture.see("key") == .fresh(Self.value))
        fixture.advance(999)
        #expect(fixture.see("key", takesStale: false) == .fresh(Self.value))
        fixture.advance(1)
        #expect(fixture.see("key", takesStale: false) == .withheld)
        fixture.advance(499)
        #expect(fixture.see("key") == .stale(Self.value, since: 499))
        fixture.advance(1)
        #expect(fixture.see("key") == .nothing)
        #expect(fixture.store.heldCount == 0)
    }

    @Test func `a stale entry is gone for all who do not take it, and stays`() {
        var fixture = StoreFixture()
        fixture.load("key", "value", fixture.provenance(fresh: 1000, stale: 5000))
        #expect(fixture.scanAll() == ["key": 1])
        fixture.advance(2000)
        #expect(fixture.value("key") == nil)
        #expect(fixture.scanAll().isEmpty)
        var keys = 0
        fixture.store.forEachKey(database: 0, at: fixture.now) { _ in keys += 1 }
        #expect(keys == 0)
        #expect(fixture.standing("key") == .stale)
        #expect(fixture.see("key") == .stale(Self.value, since: 1000))
    }

    @Test func `a negative entry is absent, and is not counted among the keys`() throws {
        var fixture = StoreFixture()
        #expect(fixture.loadAbsent("key", fixture.provenance(fresh: 1000)) == .stored)
        #expect(fixture.standing("key") == .negative)
        #expect(fixture.see("key") == .negative(isFresh: true))
        #expect(fixture.value("key") == nil)
        #expect(fixture.store.count(database: 0) == 0)
        #expect(fixture.scanAll().isEmpty)
        try fixture.store.checkInvariants()
        fixture.put("key", count: 3)
        #expect(fixture.store.count(database: 0) == 1)
        #expect(fixture.store.heldCount == 1)
        fixture.loadAbsent("other", fixture.provenance(fresh: 10))
        fixture.advance(1000)
        #expect(fixture.standing("other") == .absent)
        try fixture.store.checkInvariants()
    }

    @Test func `a write replaces what is stale, and a delete kills it`() throws {
        var fixture = StoreFixture()
        for key in ["written", "deleted", "flushed"] {
            fixture.load(key, "value", fixture.provenance(fresh: 10, stale: 10_000))
        }
        fixture.advance(20)
        fixture.put("written", [1])
        fixture.remove("deleted")
        #expect(fixture.see("written") == .plain([1]))
        #expect(fixture.see("deleted") == .nothing)
        #expect(fixture.store.heldCount == 2)
        fixture.store.flush(0..<1)
        #expect(fixture.see("flushed") == .nothing)
        try fixture.store.checkInvariants()
    }

    @Test func `the time to live ends with freshness, and its change keeps the stale window`() {
        var fixture = StoreFixture()
        fixture.load("key", "value", fixture.provenance(fresh: 1000, stale: 500))
        fixture.access("key") { access in
            #expect(access.expiry == fixture.later(1000))
            access.setExpiry(fixture.later(3000))
        }
        fixture.advance(3400)
        #expect(fixture.see("key") == .stale(Self.value, since: 400))
        fixture.advance(100)
        #expect(fixture.see("key") == .nothing)
    }

    @Test func `tags stay through edits, new versions and copies, and go with an overwrite`() throws
    {
        let fixture = StoreFixture()
        let tags = EntryTags([[1], [2, 3]])
        fixture.load("key", "value", fixture.provenance(tags: ["one", "two"]))
        let expected = EntryTags([Array("one".utf8), Array("two".utf8)])
        let key = Array("key".utf8)
        unsafe _ = fixture.store.edit(
            key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now,
            to: { $0.valueLength },
            {
                $0[0] = 86; return true
            })
        #expect(fixture.see("key") == .fresh(Array("Value".utf8)))
        for length in [20, 20_000] {
            unsafe _ = fixture.store.edit(
                key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now,
                to: { _ in length }, { _ in true })
            fixture.access("key") { #expect($0.version() != nil) }
            #expect(fixture.describe("key")?.provenance?.tags == expected)
            #expect(fixture.value("key")?.count == length)
            try fixture.store.checkInvariants()
        }
        fixture.put("key", [1])
        #expect(fixture.describe("key")?.provenance == nil)
        #expect(tags?.all == [[1], [2, 3]])
    }

    /// Runs for hours when a tag is looked for among all before it.
    @Test(.timeLimit(.minutes(1))) func `tags that are repeated cost one look each`() {
        let count = 200_000
        let tags = [[UInt8]](repeating: [1], count: count) + Array(repeating: [2], count: count)
        #expect(EntryTags(tags) == EntryTags([[1], [2]]))
    }

    @Test func `there are sixteen tags of 255 bytes, and no more`() throws {
        let most = (0..<16).map { [UInt8](repeating: UInt8($0), count: 255) }
        let tags = try #require(EntryTags(most))
        #expect(tags.all == most)
        #expect(EntryTags(most + [[1]]) == nil)
        #expect(EntryTags(most + [most[3]]) == tags)
        #expect(EntryTags([[]]) == nil)
        #expect(EntryTags([[UInt8](repeating: 1, count: 256)]) == nil)
        let fixture = StoreFixture()
        for length in [0, 4000, 9000, 100_000] {
            var provenance = fixture.provenance()
            provenance.tags = tags
            let key = String(repeating: "k", count: 16_000)
            let value = [UInt8](repeating: 9, count: length)
            #expect(fixture.load(key, value, provenance) == .stored)
            #expect(fixture.see(key) == .fresh(value))
            #expect(fixture.describe(key)?.provenance?.tags == tags)
            try fixture.store.checkInvariants()
        }
    }

    @Test func `a version that an entry brings is kept, and never given out again`() {
        let fixture = StoreFixture()
        fixture.load("key", Self.value, fixture.provenance(), version: 500)
        #expect(fixture.describe("key")?.version == 500)
        var next: UInt64?
        fixture.access("key") { access in
            unsafe access.put([1].span.bytes, isVersioned: true)
            next = access.version()
        }
        #expect(next == 501)
        // A number at the end of the scale would leave none for the next write.
        fixture.load("key", Self.value, fixture.provenance(), version: .max)
        #expect(fixture.describe("key")?.version == 502)
    }

    @Test func `a fill says what became of it`() {
        let fixture = StoreFixture { $0.valueMax = 100_000 }
        let old = fixture.token("key")
        fixture.put("key", count: 3)
        let fresh = fixture.provenance()
        #expect(fixture.load("key", Self.value, fresh, token: old) == .outdated)
        #expect(fixture.loadAbsent("key", fresh, token: old) == .outdated)
        let large = [UInt8](repeating: 1, count: 200_000)
        #expect(fixture.load("key", large, fresh) == .tooLarge)
        #expect(fixture.value("key")?.count == 3)
        #expect(fixture.load("key", Self.value, fresh) == .stored)
    }

    @Test func `the policy hears of cost and priority`() {
        let fixture = StoreFixture()
        var provenance = fixture.provenance(cost: 70_000)
        provenance.priority = .high
        fixture.load("key", Self.value, provenance)
        let (hash, key) = (fixture.hash("key"), Array("key".utf8))
        let store = fixture.store
        let access = store.shards.withLock(store.shards.number(hash)) { state in
            let found = unsafe state.lookUp(key.span.bytes, hash, state.spaces[0])
            return found.map { state.access(to: $0.block, hash) }
        }
        #expect(access?.cost == 70_000)
        #expect(access?.priority == .high)
        var attributes = EntryAttributes(expiry: .never, flags: 0, written: fixture.now)
        attributes.note(ProvenancePart(provenance))
        #expect(attributes.access(hash, 100).cost == 70_000)
        #expect(attributes.access(hash, 100).priority == .high)
    }

    @Test func `is described with all that is known of it`() throws {
        var fixture = StoreFixture()
        fixture.load(
            "key", Self.value, fixture.provenance(fresh: 100, stale: 50, namespace: 7, cost: 9),
            version: 40)
        fixture.advance(120)
        let described = try #require(fixture.describe("key"))
        #expect(described.standing == .stale)
        #expect(described.provenance?.namespace == 7)
        #expect(described.provenance?.cost == 9)
        #expect(described.expiry.milliseconds == fixture.now.milliseconds - 20)
        #expect(described.end == fixture.later(30))
        #expect(described.valueBytes == 5)
        #expect(described.version == 40)
        #expect(described.storedBytes == 22 + 72)
        #expect(fixture.describe("other") == nil)
        #expect(fixture.store.statistics.hits == 0)
    }

    @Test func `a provenance takes 32 bytes, and the parts follow each other`() {
        let all: EntryHeader.Shape = [.expiry, .version, .flags, .provenance]
        #expect(all.byteCount == 8 + 16 + 8 + 4 + 32)
        #expect(all.provenanceOffset == 36)
        #expect(EntryHeader.Shape([.provenance, .large]).byteCount == 40)
        // Two registers: more would cost each hit.
        #expect(MemoryLayout<ReadOutcome>.size <= 16)
    }
}
