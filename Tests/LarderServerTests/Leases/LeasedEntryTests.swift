import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// What is stored by LARDER SET, and leases of keys in namespaces.
@Suite(.onOwnThread) struct LeasedEntryTests {
    private static func fixture(
        _ change: (inout NamespaceConfiguration) -> Void = { _ in }
    ) throws -> ServerFixture {
        var namespace = NamespaceConfiguration(
            name: "pages", match: try KeyPattern(parsing: "page:{id}"))
        (namespace.ttl, namespace.stale) = (.seconds(3600), .seconds(600))
        change(&namespace)
        return try ServerFixture { $0.namespaces = [namespace] }
    }

    /// The names and texts that LARDER EXPLAIN answers.
    private static func explain(_ key: String, _ client: TestClient) throws -> [String: String] {
        let lines = try client.ask("LARDER", "EXPLAIN", key).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let words = stride(from: 2, to: lines.count, by: 2).map { String(lines[$0]) }
        var pairs: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            pairs[words[index]] = words[index + 1]
        }
        return pairs
    }

    @Test func `tags, priority and cost are kept`() throws {
        let client = try Self.fixture().client()
        let token = try client.token("page:1")
        #expect(
            try client.set(
                "page:1", "x", by: token, "EX", "60", "TAGS", "warm", "blue", "PRIORITY", "high",
                "COST", "1234") == "+OK\r\n")
        let told = try Self.explain("page:1", client)
        #expect(told["tags"] == "warm blue" && told["priority"] == "high")
        #expect(told["cost-us"] == "1234" && told["namespace"] == "pages")
        #expect(try client.ask("TTL", "page:1") == ":60\r\n")
        _ = try client.ask("LARDER", "BAN", "TAG", "blue")
        #expect(try client.ask("EXISTS", "page:1") == ":0\r\n")
    }

    /// Without COST it is the time from the lease to the value.
    @Test func `what computing took is the cost`() throws {
        let client = try Self.fixture().client()
        let token = try client.token("other")
        #expect(try client.set("other", "x", by: token) == "+OK\r\n")
        let told = try Self.explain("other", client)
        let cost = try #require(told["cost-us"].flatMap { Int($0) })
        #expect(cost > 0 && told["priority"] == "normal")
        #expect(try client.ask("TTL", "other") == ":-1\r\n")
    }

    @Test func `they are kept without a lease too`() throws {
        let client = try Self.fixture().client()
        #expect(
            try client.ask("LARDER", "SET", "other", "x", "COST", "7", "tags", "t", "px", "60000")
                == "+OK\r\n")
        let told = try Self.explain("other", client)
        #expect(told["cost-us"] == "7" && told["tags"] == "t")
        #expect(try client.ask("LARDER", "SET", "page:1", "y") == "+OK\r\n")
        #expect(try client.ask("TTL", "page:1") == ":3600\r\n")
        _ = try client.ask("LARDER", "BAN", "TAG", "t")
        #expect(try client.ask("MGET", "other", "page:1") == "*2\r\n$-1\r\n$1\r\ny\r\n")
        let tags = (1...17).map { "t\($0)" }
        #expect(try client.ask(["LARDER", "SET", "a", "x", "TAGS"] + tags).hasPrefix("-ERR an"))
    }

    @Test func `a large value is stored by a lease`() throws {
        let fixture = try Self.fixture()
        let (holder, waiter) = (try fixture.client(), try fixture.client())
        let token = try holder.token("page:1")
        try waiter.sendLease("page:1")
        try fixture.settle(leaseWaiters: 1, holder)
        let large = String(repeating: "v", count: 200_000)
        #expect(try holder.set("page:1", large, by: token, "TAGS", "t") == "+OK\r\n")
        #expect(try waiter.leaseReply() == LeaseReply(large, "hit"))
        let huge = String(repeating: "v", count: 300_000)
        #expect(try holder.ask("LARDER", "SET", "page:1", huge) == "+OK\r\n")
        #expect(try holder.ask("STRLEN", "page:1") == ":300000\r\n")
    }

    /// Fails when who could have a stale value waits, or two compute.
    @Test func `a stale value is for all but the one who computes anew`() throws {
        let fixture = try Self.fixture { $0.wait = .seconds(600) }
        let clients = try (0..<3).map { _ in try fixture.client() }
        _ = try clients[0].ask("LARDER", "SET", "page:1", "old", "TAGS", "t")
        _ = try clients[0].ask("LARDER", "BAN", "TAG", "t", "SOFT")
        let first = try clients[0].lease("page:1")
        #expect(first.value == "old" && first.state == "stale")
        let token = try #require(first.token)
        for client in clients {
            #expect(try client.lease("page:1") == LeaseReply("old", "stale"))
        }
        #expect(
            try clients[0].lease("page:1", "TOKEN", token)
                == LeaseReply("old", token: token, "stale"))
        #expect(try clients[0].set("page:1", "new", by: token) == "+OK\r\n")
        #expect(try clients[1].lease("page:1") == LeaseReply("new", "hit"))
    }

    @Test func `a namespace says how long a lease lasts, and what is not kept has none`() throws {
        let fixture = try Self.fixture { $0.lease = .milliseconds(50) }
        let client = try fixture.client()
        #expect(try client.ask("LARDER", "GET", "page:1", "LEASE", "51").hasPrefix("-ERR a lease"))
        _ = try client.token("page:1", "50")
        _ = try client.token("other", "30000")
        let none = try Self.fixture { $0.caching = .never }.client()
        #expect(try none.ask("LARDER", "GET", "page:1", "LEASE").hasPrefix("-ERR the key's"))
    }

    /// Bans of a namespace and of a prefix end leases of keys that are not there.
    @Test(arguments: [["NAMESPACE", "pages"], ["PREFIX", "page:*"]])
    func `a ban ends the leases of absent keys`(words: [String]) throws {
        let client = try Self.fixture().client()
        let (one, other) = (try client.token("page:1"), try client.token("other"))
        _ = try client.ask(["LARDER", "BAN"] + words)
        #expect(try client.set("page:1", "x", by: one).hasPrefix("-OUTDATED "))
        #expect(try client.set("other", "x", by: other) == "+OK\r\n")
    }

    /// A load for others fills the key, and wakes who waits for the lease.
    @Test func `what an origin brings wakes those who wait`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        let fixture = try ServerFixture(loadingFrom: origin)
        let (holder, waiter) = (try fixture.client(), try fixture.client())
        let token = try holder.token("product:1")
        try waiter.sendLease("product:1")
        try fixture.settle(leaseWaiters: 1, holder)
        #expect(try holder.ask("GET", "product:1") == "$5\r\nchair\r\n")
        #expect(try waiter.leaseReply() == LeaseReply("chair", "hit"))
        #expect(try holder.set("product:1", "x", by: token).hasPrefix("-"))
    }

    /// What is set by a lease is a loaded value: it is not written to the origin.
    @Test func `a lease fills memory alone`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.write = .through }
        let client = try fixture.client()
        let token = try client.token("product:1")
        #expect(try client.set("product:1", "x", by: token) == "+OK\r\n")
        #expect(try client.ask("GET", "product:1") == "$1\r\nx\r\n")
        #expect(try client.ask("LARDER", "SET", "product:1", "y").hasPrefix("-ERR LARDER SET"))
        #expect(origin.writes.isEmpty && origin.questions.isEmpty)
    }

    /// As memcached has it: one client wins.
    @Test func `of two thousand that ask memcached's way, one wins`() throws {
        let fixture = try Self.fixture()
        let clients = try (0..<200).map { _ in try fixture.memcachedClient() }
        let request = String(repeating: "mg report N30 t v\r\n", count: 10)
        for client in clients { try client.send(request) }
        var wins = 0
        for client in clients {
            for _ in 0..<10 {
                if String(decoding: try client.line(), as: UTF8.self).contains(" W") { wins += 1 }
                #expect(try client.line() == Array("\r\n".utf8))
            }
        }
        #expect(wins == 1)
    }
}
