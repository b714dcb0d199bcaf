import LarderCore
import LarderMemory
import Testing

/// Values that are changed in place, or in a copy while somebody reads them.
@Suite struct EditTests {
    /// Writes `bytes` at `offset`, zeros before them.
    private func write(_ bytes: [UInt8], at offset: Int, to key: String, in fixture: StoreFixture)
        -> PutOutcome
    {
        let key = StoreFixture.bytes(key)
        return unsafe fixture.store.edit(
            key.span.bytes, fixture.store.hash(key.span.bytes), database: 0, at: fixture.now
        ) { access in
            max(access.valueLength, offset + bytes.count)
        } _: { value in
            unsafe value.write(bytes.span.bytes, at: offset)
            return true
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int, to model: inout [UInt8]) {
        let missing = offset + bytes.count - model.count
        if missing > 0 { model += [UInt8](repeating: 0, count: missing) }
        model.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private func snapshot(_ key: String, in fixture: StoreFixture) -> ValueSnapshot {
        var snapshot = ValueSnapshot.none
        fixture.access(key) { snapshot = $0.snapshot() }
        return snapshot
    }

    private func bytes(of snapshot: ValueSnapshot) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < snapshot.byteCount {
            snapshot.withSegment(at: bytes.count) { piece in
                unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    @Test(arguments: UInt64(0)..<24)
    func `agrees with an array, whoever reads meanwhile`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = StoreFixture(limit: 256 << 20)
        var models: [String: [UInt8]] = [:]
        var readers: [(ValueSnapshot, [UInt8])] = []
        for turn in 0..<60 {
            let key = "key:\(turn % 3)"
            var model = models[key] ?? []
            let reach = [10, 9_000, 40_000, 700_000].randomElement(using: &random) ?? 0
            let offset = Int.random(in: 0...max(model.count, reach), using: &random)
            let piece = [UInt8](
                repeating: UInt8(truncatingIfNeeded: turn + 1),
                count: Int.random(in: 1...20_000, using: &random))
            #expect(write(piece, at: offset, to: key, in: fixture) == .stored)
            write(piece, at: offset, to: &model)
            #expect(fixture.value(key) == model, "turn \(turn)")
            models[key] = model
            if turn % 4 == 0 { readers.append((snapshot(key, in: fixture), model)) }
            if turn % 7 == 0 { fixture.put(key, Array(model.prefix(8_000))) }
            if turn % 7 == 0 { models[key] = Array(model.prefix(8_000)) }
            if turn % 5 == 0 { readers.removeFirst(min(1, readers.count)) }
            for (reader, seen) in readers { #expect(bytes(of: reader) == seen) }
            try fixture.store.checkInvariants()
        }
        readers = []
        fixture.settle()
        try fixture.store.checkInvariants()
    }

    /// Fails when growing forgets the pieces that it took, or leaves those that it no longer needs.
    @Test func `a value that grows little by little is accounted as one that was stored whole`() {
        let grown = StoreFixture()
        let whole = StoreFixture()
        for turn in 0..<2_000 {
            _ = write([UInt8](repeating: 7, count: 1_000), at: turn * 1_000, to: "key", in: grown)
        }
        whole.put("key", count: 2_000_000)
        for fixture in [grown, whole] { fixture.settle() }
        #expect(grown.value("key") == whole.value("key"))
        let difference = grown.store.budget.used - whole.store.budget.used
        #expect(abs(difference) <= 8 * 65_536)
    }

    @Test func `stays within its budget, and in order, when there is no room`() throws {
        let fixture = StoreFixture(limit: 8 << 20)
        var random = SeededRandom(seed: 3)
        for turn in 0..<400 {
            let offset = Int.random(in: 0...300_000, using: &random)
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: turn), count: 9_000)
            _ = write(piece, at: offset, to: "key:\(turn % 60)", in: fixture)
            #expect(fixture.store.budget.used <= fixture.store.budget.limit)
            try fixture.store.checkInvariants()
        }
        #expect(fixture.store.statistics.evictions > 0)
    }

    @Test(arguments: [10, 20_000]) func `an edit gives another version`(count: Int) {
        let fixture = StoreFixture()
        fixture.put("key", count: count)
        var versions: [UInt64?] = []
        fixture.access("key") { versions.append($0.version()) }
        _ = write([1], at: 3, to: "key", in: fixture)
        fixture.access("key") { versions.append($0.version()) }
        #expect(versions[0] != nil && versions[1] != nil && versions[0] != versions[1])
    }

    @Test func `a load that began before an edit does not fill over it`() {
        let fixture = StoreFixture()
        fixture.put("key", count: 100)
        let token = fixture.token("key")
        _ = write([1], at: 3, to: "key", in: fixture)
        #expect(!fixture.fill("key", "old", token))
    }

    @Test(arguments: [5, 30_000])
    func `an entry moves to another database with its expiry`(count: Int) throws {
        let fixture = StoreFixture()
        let expiry = Moment(milliseconds: fixture.now.milliseconds + 50)
        fixture.put("key", count: count, expiry: expiry)
        fixture.put("other", count: count)
        fixture.access("key") { $0.move(toDatabase: 1) }
        #expect(fixture.value("key") == nil)
        #expect(fixture.value("key", database: 1)?.count == count)
        #expect(fixture.store.count(database: 0) == 1)
        #expect(fixture.store.expiringCount(database: 0) == 0)
        #expect(fixture.store.expiringCount(database: 1) == 1)
        try fixture.store.checkInvariants()
        var later = fixture
        later.now = Moment(milliseconds: expiry.milliseconds + 1_000)
        later.settle()
        #expect(fixture.store.count(database: 1) == 0)
        try fixture.store.checkInvariants()
    }
}
