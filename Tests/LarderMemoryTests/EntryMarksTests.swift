import LarderCore
@testable import LarderMemory
import Testing

@Suite struct EntryMarksTests {
    @Test func `an entry is as large as it was before it could be marked`() {
        #expect(MemoryLayout<EntryHeader>.size == 8)
        let header = EntryHeader(keyLength: 10, valueLength: 20, space: 0, shape: [])
        #expect(header.byteCount == 38)
    }

    @Test func `the parts of a header do not touch each other`() {
        var header = EntryHeader(
            keyLength: EntryHeader.keyLengthMax, valueLength: 8191, space: 4095,
            shape: [.expiry, .large], marks: [.stale, .encodedKey],
            accessed: Moment(milliseconds: 0x1FFF << 16))
        let identity = header.bits & EntryHeader.identityMask
        header.shape = [.flags]
        header.marks = [.won]
        header = header.fetched(at: Moment(milliseconds: 3 << 16))
        #expect(header.keyLength == EntryHeader.keyLengthMax && header.valueLength == 8191)
        #expect(header.space == 4095 && header.shape == [.flags])
        #expect(header.marks == [.won, .fetched])
        #expect(header.bits & EntryHeader.identityMask == identity)
        #expect(header.idleMilliseconds(at: Moment(milliseconds: 5 << 16)) == 1 << 16)
    }

    /// Ages are told too low by up to a unit, never too high: what was used just now is of age 0.
    @Test(arguments: UInt64(0)..<64)
    func `an age is right but for a unit`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let used = UInt64.random(in: 0...1 << 50, using: &random)
        let age = UInt64.random(in: 0..<(0x1FFF << 16), using: &random)
        let header = EntryHeader(keyLength: 1, valueLength: 1, space: 0, shape: [])
            .accessed(at: Moment(milliseconds: used))
        let told = header.idleMilliseconds(at: Moment(milliseconds: used + age))
        #expect(told <= age && age - told <= 1 << 16)
    }

    @Test func `marks and times follow an entry wherever it goes`() throws {
        var fixture = StoreFixture()
        fixture.put("a", count: 10)
        fixture.access("a") { access in
            #expect(access.marks == [] && access.idleMilliseconds == 0)
            access.marks = [.stale, .won]
        }
        fixture.now = Moment(milliseconds: fixture.now.milliseconds + 200_000)
        // Given other parts, the entry moves to another block.
        fixture.access("a") { access in
            #expect((134_000...200_000).contains(access.idleMilliseconds))
            _ = access.version()
            access.setExpiry(Moment(milliseconds: fixture.now.milliseconds + 1_000))
            #expect(access.marks == [.stale, .won])
            #expect(access.idleMilliseconds >= 134_000)
            access.noteRead()
            #expect(access.marks == [.stale, .won, .fetched] && access.idleMilliseconds == 0)
            let (first, second) = (access.version(), access.renewVersion())
            #expect(first != second && access.version() == second)
            #expect(access.marks == [.stale, .won, .fetched])
        }
        fixture.put("a", count: 10)
        fixture.access("a") { #expect($0.marks == []) }
        try fixture.store.checkInvariants()
    }

    @Test func `a read marks a value as read, large ones too`() {
        let fixture = StoreFixture()
        for count in [1, 100_000] {
            fixture.put("a", count: count)
            let key = StoreFixture.bytes("a")
            _ = unsafe fixture.store.read(
                key.span.bytes, fixture.hash("a"), database: 0, at: fixture.now
            ) { _, _ in }
            fixture.access("a") { #expect($0.marks == [.fetched]) }
        }
    }

    @Test func `what leaves unread is counted`() {
        var fixture = StoreFixture()
        let end = Moment(milliseconds: fixture.now.milliseconds + 10)
        for key in ["a", "b", "c"] { fixture.put(key, count: 1, expiry: end) }
        fixture.access("b") { $0.noteRead() }
        fixture.now = end
        for key in ["a", "b", "c"] { #expect(fixture.value(key) == nil) }
        let counted = fixture.store.statistics
        #expect(counted.expirations == 3 && counted.expirationsUnread == 2)
    }

    @Test func `a scan shows what there is to know`() {
        let fixture = StoreFixture()
        for number in 0..<100 { fixture.put("key \(number)", count: number) }
        fixture.access("key 7") { access in
            access.noteRead()
            _ = access.version()
        }
        var seen: [String: Int] = [:]
        var cursor: UInt64 = 0
        repeat {
            cursor = fixture.store.scanEntries(
                from: cursor, database: 0, limit: 10, at: fixture.now
            ) { entry in
                let key = unsafe entry.key.withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
                seen[key] = entry.valueLength
                #expect(entry.expiry == .never && entry.storedBytes > entry.valueLength)
                #expect((entry.version != nil) == (key == "key 7"))
                #expect(entry.marks == (key == "key 7" ? [.fetched] : []))
            }
        } while cursor != 0
        #expect(seen.count == 100 && seen["key 42"] == 42)
    }
}
