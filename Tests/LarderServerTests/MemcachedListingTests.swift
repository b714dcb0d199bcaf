import LarderAssembly
import LarderTesting
import Testing

/// What is listed to users who may not use all keys.
@Suite(.onOwnThread) struct MemcachedListingTests {
    private static func user(_ name: String, keys: [String]) -> UserConfiguration {
        var user = UserConfiguration(name: name)
        user.passwords = [.digest(PasswordDigest(of: Array(name.utf8)))]
        user.can = ["read", "write", "admin", "info"]
        user.keys = keys
        return user
    }

    private static func fixture() throws -> ServerFixture {
        try ServerFixture {
            let some = user("a", keys: ["a:*", "none-such", "evictions"])
            $0.users = [user("all", keys: ["*"]), some]
        }
    }

    /// A client that may use all keys, and one that may not, of a server with a hundred entries.
    private static func clients(
        of fixture: ServerFixture
    ) throws -> (all: TestClient, a: TestClient) {
        let (all, a) = (try fixture.memcachedClient(), try fixture.memcachedClient())
        try all.send("set x 0 0 7\r\nall all\r\n")
        #expect(try all.text(8) == "STORED\r\n")
        try a.send("set x 0 0 3\r\na a\r\n")
        #expect(try a.text(8) == "STORED\r\n")
        for number in 0..<50 { _ = try all.say("set a:\(number) 0 0 1|x|set b:\(number) 0 0 1|x|") }
        return (all, a)
    }

    private static func lines(_ reply: String) -> [Substring] {
        reply.split { $0 == "|" || $0 == "\n" }.filter { $0 != "END" }
    }

    /// Planted bug that this fails with: all entries, or those that were counted but not shown.
    @Test func `cachedump and metadump name only keys that the user may use`() throws {
        let fixture = try Self.fixture()
        let (all, a) = try Self.clients(of: fixture)
        for command in ["stats cachedump 1 0|", "lru_crawler metadump all|"] {
            #expect(Self.lines(try all.say(command)).count == 100)
            let mine = Self.lines(try a.say(command))
            #expect(mine.count == 50)
            #expect(mine.allSatisfy { $0.hasPrefix("ITEM a:") || $0.hasPrefix("key=a%3A") })
        }
        #expect(Self.lines(try a.say("stats cachedump 1 20|")).count == 20)
    }

    /// Planted bug that this fails with: the word `metadump` or `watch` taken for a key.
    @Test func `who may not use all keys runs what names none, and does not watch`() throws {
        let fixture = try Self.fixture()
        let (all, a) = try Self.clients(of: fixture)
        let refusal = "CLIENT_ERROR no permission|"
        #expect(try a.say("lru_crawler enable|slabs automove 1|lru mode flat|") == "OK|OK|OK|")
        for words in ["watch|", "watch evictions|"] {
            #expect(try a.say(words) == refusal)
        }
        #expect(try a.say("get b:1|") == refusal)
        #expect(try all.say("get b:1|") == "VALUE b:1 0 1|x|END|")
    }
}
