import LarderCore
import LarderMemory
import Testing

/// Who is told of values that change in place, and of entries that change their database.
@Suite struct EditNoticeTests {
    /// Sets one byte of the value, if it is another.
    private func set(_ byte: UInt8, at offset: Int, of key: String, in fixture: StoreFixture) {
        let key = StoreFixture.bytes(key)
        _ = unsafe fixture.store.edit(
            key.span.bytes, fixture.store.hash(key.span.bytes), database: 0, at: fixture.now
        ) { access in
            max(access.valueLength, offset + 1)
        } _: { bytes in
            guard bytes[offset] != byte else { return false }
            bytes[offset] = byte
            return true
        }
    }

    private func watch(_ key: String, database: Int = 0, in fixture: StoreFixture) -> KeyWatch {
        let watch = KeyWatch()
        let bytes = StoreFixture.bytes(key)
        unsafe fixture.store.watch(
            bytes.span.bytes, fixture.hash(key), database: database, at: fixture.now, by: watch)
        return watch
    }

    private func told(_ fixture: StoreFixture) -> [String] {
        fixture.store.events.takeAll().map { event in
            "\(event.kind) \(event.database) \(String(decoding: event.key, as: UTF8.self))"
        }
    }

    @Test(arguments: [100, 50_000]) func `a watch is broken by a change only`(count: Int) {
        let fixture = StoreFixture()
        fixture.put("key", count: count)
        let watch = watch("key", in: fixture)
        set(7, at: 50, of: "key", in: fixture)
        #expect(!fixture.store.isBroken(watch, at: fixture.now))
        set(8, at: 50, of: "key", in: fixture)
        #expect(fixture.store.isBroken(watch, at: fixture.now))
        fixture.store.endWatch(watch)
    }

    @Test(arguments: [100, 50_000]) func `a value that grows breaks a watch`(count: Int) {
        let fixture = StoreFixture()
        fixture.put("key", count: count)
        let watch = watch("key", in: fixture)
        set(0, at: count + 10, of: "key", in: fixture)
        #expect(fixture.store.isBroken(watch, at: fixture.now))
        fixture.store.endWatch(watch)
    }

    @Test func `a move breaks watches in both databases`() {
        let fixture = StoreFixture()
        fixture.put("key", count: 5)
        let watches = [0, 1, 2].map { watch("key", database: $0, in: fixture) }
        fixture.access("key") { $0.move(toDatabase: 1) }
        #expect(watches.map { fixture.store.isBroken($0, at: fixture.now) } == [true, true, false])
        for watch in watches { fixture.store.endWatch(watch) }
    }

    @Test(arguments: [100, 50_000]) func `events tell of changes only`(count: Int) {
        let fixture = StoreFixture()
        fixture.put("key", count: count)
        fixture.store.events.wanted = .writes
        set(7, at: 50, of: "key", in: fixture)
        #expect(told(fixture) == [])
        set(8, at: 50, of: "key", in: fixture)
        set(8, at: count, of: "key", in: fixture)
        set(8, at: 3, of: "new", in: fixture)
        #expect(told(fixture) == ["replaced 0 key", "replaced 0 key", "created 0 new"])
        fixture.access("key") { $0.move(toDatabase: 1) }
        #expect(told(fixture) == ["created 1 key", "removed 0 key"])
    }

    @Test func `an edited value counts as written and used, and not as read`() {
        var fixture = StoreFixture()
        fixture.put("key", count: 100)
        fixture.access("key") { $0.noteRead() }
        fixture.now = Moment(milliseconds: fixture.now.milliseconds + 1_000_000)
        fixture.access("key") { #expect($0.idleMilliseconds > 900_000) }
        set(8, at: 50, of: "key", in: fixture)
        fixture.access("key") { access in
            #expect(access.idleMilliseconds == 0)
            #expect(!access.marks.contains(.fetched))
        }
    }
}
