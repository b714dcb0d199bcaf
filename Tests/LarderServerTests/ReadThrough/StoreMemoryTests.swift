import LarderCore
import LarderMemory
import Testing

@testable import LarderServer

/// What a source may rely on of the store.
@Suite struct StoreMemoryTests {
    /// Fails when a load that read the origin before a write may fill while that is under way.
    @Test func `what was loaded before a write is announced may not be stored after it`() {
        let now = Moment(milliseconds: 1000)
        let store = ByteStore(MemoryConfiguration(), at: now)
        let memory = StoreMemory(store: store, namespaces: [1], keeps: [true], early: [nil])
        let (key, value) = (Key(Array("product:1".utf8)), [UInt8](repeating: 1, count: 9))
        let bytes = unsafe key.bytes.span.bytes
        let hash = store.hash(bytes)
        let before = store.generation(of: hash)
        let announced = memory.announceWrite(of: key)
        func fill(_ token: FillToken) -> FillOutcome {
            unsafe store.fill(
                value.span.bytes, for: bytes, hash, database: 0, at: now, ifGeneration: token)
        }
        #expect(fill(before) == .outdated)
        let isCurrent = store.isCurrent(announced, for: bytes, hash, database: 0)
        #expect(isCurrent)
        #expect(fill(announced) == .stored)
    }
}
