import LarderAssembly
import LarderCore
import LarderMemory
import LarderServer
import LarderTesting
import Testing

/// What origins and levels hear of bans, writes and deletes, and when.
@Suite(.onOwnThread) struct InvalidationTests {
    /// A level that has an old value of each key at first.
    private final class OldLevel: Level {
        private struct State {
            var entries: [Key: Entry] = [:]
            var removed: Set<Key> = []
            var isBanned = false
        }

        let name = "disk"
        private let state = Guarded(State())

        func getMany(_ keys: [Key]) async -> [Lookup<Entry>] {
            state.withLock { state in
                keys.map { key in
                    if let entry = state.entries[key] { return .found(entry) }
                    guard !state.isBanned, !state.removed.contains(key) else { return .absent }
                    let old = Array("old".utf8)
                    return .found(Entry(key: key, value: old, created: Tick(nanoseconds: 1)))
                }
            }
        }

        func putMany(_ entries: [Entry]) async throws(SourceFailure) {
            state.withLock { state in for entry in entries { state.entries[entry.key] = entry } }
        }

        func removeMany(_ keys: [Key]) async throws(SourceFailure) {
            state.withLock { state in
                state.removed.formUnion(keys)
                for key in keys { state.entries[key] = nil }
            }
        }

        func ban(_ ban: Ban) async throws(SourceFailure) {
            state.withLock { state in
                state.isBanned = true
                state.entries = state.entries.filter {
                    !ban.matches($0.value, namespace: "products")
                }
            }
        }
    }

    /// Where a command stood when the origin heard of it.
    private final class Witness: Sendable {
        private let counts = Guarded<[Int]>([])

        /// Notes how many keys memory has whenever `origin` hears of a change.
        init(_ origin: HeldOrigin, _ store: ByteStore) {
            origin.onInvalidation { [counts] in
                let count = store.count(database: 0)
                counts.withLock { $0.append(count) }
            }
        }

        var seen: [Int] { counts.withLock { $0 } }
    }

    private static let key = Key(Array("product:1".utf8))

    /// Fails when memory forgets a key before the origin knows: a replica that is behind could then
    /// be asked.
    @Test(arguments: [
        ["DEL", "product:1"], ["UNLINK", "product:1"], ["GETDEL", "product:1"],
        ["LARDER", "BAN", "KEY", "product:1"],
    ])
    func `an origin hears of a deletion before memory does`(words: [String]) throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin)
        let client = try fixture.client()
        _ = try client.ask("SET", "product:1", "x")
        #expect(origin.scopes == [.key(Self.key)])
        let witness = Witness(origin, fixture.store)
        let reply = try client.ask(words)
        #expect(reply == ":1\r\n" || reply == "$1\r\nx\r\n")
        #expect(origin.scopes == [.key(Self.key), .key(Self.key)])
        #expect(witness.seen == [1])
        _ = try client.ask("SET", "product:1", "x")
        for command in [["MULTI"], words] { _ = try client.ask(command) }
        #expect(try client.ask("EXEC").hasPrefix("*1\r\n"))
        #expect(witness.seen == [1, 0, 1])
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
    }

    @Test func `an origin hears of each ban as it is`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin)
        let client = try fixture.client()
        for words in [
            "TAG chairs", "PREFIX product:1:*", "PREFIX product:2:+", "NAMESPACE products SOFT",
            "PREFIX *", "KEY other",
        ] {
            let words = ["LARDER", "BAN"] + words.split(separator: " ").map(String.init)
            #expect(try client.ask(words).hasPrefix(":"))
        }
        #expect(
            origin.scopes == [
                .tag(Array("chairs".utf8)), .key(Self.key), .prefix(Array("product:1:".utf8)),
                .prefix(Array("product:2:".utf8)), .namespace("products"), .everything,
            ])
    }

    @Test func `what is dropped at once is told too`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.write = .invalidate }
        let client = try fixture.client()
        #expect(try client.ask("SET", "product:1", "x") == "+OK\r\n")
        #expect(try fixture.memcachedClient().say("set product:1 0 0 1|x|") == "STORED|")
        #expect(origin.scopes == [.key(Self.key), .key(Self.key)])
    }

    @Test func `a deletion that the origin is not told of is one for its replicas`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.write = .through }
        let client = try fixture.client()
        #expect(try client.ask("DEL", "product:1") == ":0\r\n")
        #expect(origin.scopes == [.key(Self.key)])
        #expect(origin.writes.isEmpty)
    }

    /// Fails when a level is believed for a key that was written, deleted or banned since.
    @Test(arguments: [
        "DEL product:1", "SET product:1 x PX 1", "LARDER BAN KEY product:1",
        "LARDER BAN NAMESPACE products", "LARDER BAN PREFIX product:*",
    ])
    func `no level shows what is older than a change`(text: String) throws {
        let words = text.split(separator: " ").map(String.init)
        for isQueued in [false, true] {
            let origin = HeldOrigin()
            origin.set("product:1", "new")
            let fixture = try ServerFixture(loadingFrom: origin, levels: [OldLevel()])
            let client = try fixture.client()
            #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
            if isQueued { _ = try client.ask("MULTI") }
            _ = try client.ask(words)
            if isQueued { #expect(try client.ask("EXEC").hasPrefix("*1\r\n")) }
            try fixture.settle { _ in (try? client.ask("EXISTS", "product:1")) == ":0\r\n" }
            #expect(try client.ask("GET", "product:1") == "$3\r\nnew\r\n")
        }
    }

    @Test func `no level shows what is older than a write of its origin`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin, levels: [OldLevel()]) {
            $0.write = .around
        }
        let client = try fixture.client()
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        #expect(try client.ask("SET", "product:1", "new") == "+OK\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nnew\r\n")
        let memcached = try fixture.memcachedClient()
        #expect(try memcached.say("set product:2 0 0 3|two|") == "STORED|")
        #expect(try memcached.say("get product:2|") == "VALUE product:2 0 3|two|END|")
    }

    /// Fails when a level is told to drop what a command has still to load from it.
    @Test func `what is to be changed may come from a level`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin, levels: [OldLevel()])
        let client = try fixture.client()
        #expect(try client.ask("APPEND", "product:1", "er") == ":5\r\n")
        #expect(try fixture.memcachedClient().say("append product:2 0 0 2|er|") == "STORED|")
        _ = try client.ask("MULTI")
        _ = try client.ask("APPEND", "product:3", "er")
        #expect(try client.ask("EXEC") == "*1\r\n:5\r\n")
        #expect(origin.questions.isEmpty)
        #expect(try client.ask("GET", "product:1") == "$5\r\nolder\r\n")
    }
}
