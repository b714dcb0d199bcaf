import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderTesting
import Testing

@testable import LarderServer

/// Entries that are loaded again before their time is over.
@Suite(.onOwnThread) struct RefreshTests {
    /// Fails when who comes to refresh an entry that was refreshed meanwhile loads it once more.
    @Test func `what was refreshed meanwhile is held`() throws {
        let store = ByteStore(MemoryConfiguration(), at: Moment(milliseconds: 0))
        var memory = StoreMemory(store: store, namespaces: [1], keeps: [true], early: [nil])
        memory.clock = { Moment(milliseconds: 20_000) }
        let (old, new) = (Tick(nanoseconds: 10_000_000_000), Tick(nanoseconds: 19_000_000_000))
        #expect(!memory.holds(need(refreshing: old, store)), "it has left")
        load(at: old, store)
        #expect(memory.holds(need(refreshing: nil, store)))
        #expect(!memory.holds(need(refreshing: old, store)))
        load(at: new, store)
        #expect(memory.holds(need(refreshing: old, store)))
        #expect(!memory.holds(need(refreshing: new, store)))
        let (key, value) = (Array("product:1".utf8), [UInt8](repeating: 2, count: 1))
        unsafe store.withKey(
            key.span.bytes, store.hash(key.span.bytes), database: 0, at: memory.clock()
        ) { _ = unsafe $0.put(value.span.bytes) }
        #expect(memory.holds(need(refreshing: new, store)), "a client has written it")
    }

    private func need(refreshing loaded: Tick?, _ store: ByteStore) -> Need<FillToken> {
        let key = Array("product:1".utf8)
        let token = unsafe store.generation(of: store.hash(key.span.bytes))
        return Need(Key(key), at: token, binding: 0, refreshing: loaded)
    }

    private func load(at created: Tick, _ store: ByteStore) {
        let (key, value) = (Array("product:1".utf8), [UInt8](repeating: 1, count: 1))
        let provenance = Provenance(
            loaded: Moment(created), freshUntil: Moment(milliseconds: 30_000))
        let outcome = unsafe store.fill(
            value.span.bytes, for: key.span.bytes, store.hash(key.span.bytes), database: 0,
            at: Moment(milliseconds: 20_000), provenance: provenance,
            ifGeneration: store.generation(of: store.hash(key.span.bytes)))
        #expect(outcome == .stored)
    }

    /// The connections are dealt to two loops.
    @Test func `a refresh that two loops start is one load`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        let fixture = try ServerFixture(loadingFrom: origin) {
            $0.refreshAt = Ratio(millionths: 0)
        }
        let clients = try (0..<4).map { _ in try fixture.client() }
        // The hit that answers who has waited refreshes too.
        #expect(try clients[0].ask("GET", "product:1") == "$5\r\nchair\r\n")
        try fixture.settle { _ in origin.questions.count == 2 }
        origin.hold()
        func readAll() throws {
            for client in clients { #expect(try client.ask("GET", "product:1").hasPrefix("$5")) }
        }
        try fixture.settle { _ in
            try? readAll()
            return origin.questions.count == 3
        }
        // Each hit is one that refreshes, on both loops.
        for _ in 0..<5 { try readAll() }
        #expect(origin.questions.count == 3)
        origin.release()
    }
}
