import LarderCore
import LarderMemory
import Testing

/// Values in pieces, which readers hold without a lock.
@Suite struct LargeValueTests {
    private func bytes(of value: LargeValue) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < value.byteCount {
            value.withSegment(at: bytes.count) { piece in
                unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    private func pattern(_ count: Int, _ seed: UInt8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) }
    }

    private func large(_ key: String, in fixture: StoreFixture) throws -> LargeValue {
        let key = StoreFixture.bytes(key)
        let store = fixture.store
        let outcome = unsafe store.read(
            key.span.bytes, store.hash(key.span.bytes), database: 0, at: fixture.now
        ) { _, _ in }
        guard case .large(let value, _) = outcome else {
            throw StoreTestFailure(description: "\(outcome) is no large value")
        }
        return value
    }

    @Test(arguments: [8193, 8192 * 3, 8192 * 3 + 1, 8192 * 4 - 1, 100_001, 1 << 20])
    func `every byte comes back`(count: Int) {
        let fixture = StoreFixture()
        let value = pattern(count, 3)
        fixture.put("key", value)
        #expect(fixture.value("key") == value)
    }

    /// Fails when a dropped value's pieces are freed at once instead of by the last reader.
    @Test func `a reader keeps what was overwritten, deleted and evicted`() throws {
        let fixture = StoreFixture(limit: 8 << 20) { $0.policy = .lru }
        fixture.put("overwritten", pattern(200_000, 1))
        fixture.put("deleted", pattern(200_000, 2))
        fixture.put("evicted", pattern(200_000, 3))
        let readers = try ["overwritten", "deleted", "evicted"].map {
            try large($0, in: fixture)
        }
        fixture.put("overwritten", count: 5)
        fixture.remove("deleted")
        for number in 0..<100 { fixture.put("other:\(number)", count: 150_000) }
        #expect(fixture.value("evicted") == nil)
        for (index, reader) in readers.enumerated() {
            #expect(bytes(of: reader) == pattern(200_000, UInt8(index + 1)))
        }
        try fixture.store.checkInvariants()
    }

    /// Fails when a value stops being accounted as soon as it has no entry.
    @Test func `bytes stay accounted until the last reader ends, then they come back`() throws {
        let fixture = StoreFixture(limit: 64 << 20)
        fixture.put("key", count: 4 << 20)
        var readers = [try large("key", in: fixture), try large("key", in: fixture)]
        fixture.remove("key")
        fixture.settle()
        #expect(fixture.store.budget.used > 4 << 20)
        readers.removeLast()
        fixture.settle()
        #expect(fixture.store.budget.used > 4 << 20)
        readers.removeLast()
        fixture.settle()
        // A few spare slabs and the credit of each shard remain.
        #expect(fixture.store.budget.used < 4 << 20)
        try fixture.store.checkInvariants()
    }

    @Test func `a reader may outlive the store`() throws {
        var reader: LargeValue?
        do {
            let fixture = StoreFixture()
            fixture.put("key", pattern(300_000, 9))
            reader = try large("key", in: fixture)
        }
        #expect(bytes(of: try #require(reader)) == pattern(300_000, 9))
    }

    @Test func `writers go on while readers hold all memory`() throws {
        let fixture = StoreFixture(limit: 8 << 20) { $0.loopCount = 1 }
        var readers: [LargeValue] = []
        for number in 0..<20 {
            fixture.put("key:\(number)", count: 500_000)
            if fixture.value("key:\(number)") != nil {
                readers.append(try large("key:\(number)", in: fixture))
            }
            #expect(fixture.store.budget.used <= fixture.store.budget.limit)
        }
        #expect(readers.count > 5)
        fixture.put("small", count: 10)
        try fixture.store.checkInvariants()
        readers = []
        #expect(fixture.settle())
        #expect(fixture.put("key", count: 500_000) == .stored)
        #expect(fixture.value("key")?.count == 500_000)
        try fixture.store.checkInvariants()
    }
}

struct StoreTestFailure: Error, CustomStringConvertible {
    let description: String
}
