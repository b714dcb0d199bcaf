import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// One client computes a key, the others wait for it.
@Suite(.onOwnThread) struct LeaseTests {
    typealias Backend = ServerConfiguration.InputOutput

    private static func fixture(_ backend: Backend = .auto) throws -> ServerFixture {
        try ServerFixture { $0.server.io = backend }
    }

    /// Fails when a second client gets the lease, or one is not woken.
    @Test(arguments: [Backend.libevent, .auto], [false, true])
    func `one of many computes, the others get its value`(backend: Backend, isV3: Bool) throws {
        let fixture = try Self.fixture(backend)
        let clients = try (0..<300).map { _ in try fixture.client() }
        if isV3 { for client in clients { _ = try client.ask("HELLO", "3") } }
        for client in clients { try client.sendLease("report") }
        let control = try fixture.client()
        try fixture.settle(leaseWaiters: 299, control)
        let lines = try control.ask("INFO", "stats").split(whereSeparator: \.isNewline)
        let line = try #require(lines.first { $0.hasPrefix("larder_lease_waiter_bytes:") })
        let bytes = try #require(Int(line.drop { $0 != ":" }.dropFirst()))
        #expect(bytes > 0 && bytes <= 200 * 299)
        #expect(try control.ask("SET", "report", "done") == "+OK\r\n")
        let replies = try clients.map { try $0.leaseReply() }
        #expect(replies.filter { $0.token != nil }.count == 1)
        #expect(replies.filter { $0 == LeaseReply("done", "hit") }.count == 299)
        #expect(try control.ask("INFO", "stats").contains("larder_leases_granted:1\r\n"))
        #expect(try control.ask("INFO", "stats").contains("larder_leases:0\r\n"))
    }

    @Test func `who holds the lease sets the key once`() throws {
        let fixture = try Self.fixture()
        let (holder, waiter) = (try fixture.client(), try fixture.client())
        let token = try holder.token("report", "20000")
        try waiter.send(
            TestClient.request(["LARDER", "GET", "report", "LEASE"])
                + TestClient.request(["PING"]))
        try fixture.settle(leaseWaiters: 1, holder)
        #expect(try holder.set("report", "done", by: token) == "+OK\r\n")
        #expect(try waiter.leaseReply() == LeaseReply("done", "hit"))
        #expect(try waiter.text(7) == "+PONG\r\n")
        #expect(try holder.lease("report") == LeaseReply("done", "hit"))
        #expect(try holder.set("report", "again", by: token).hasPrefix("-"))
        #expect(try holder.ask("GET", "report") == "$4\r\ndone\r\n")
        let calls = try holder.ask("INFO", "commandstats")
        #expect(calls.contains("cmdstat_larder|get:calls=3,"))
    }

    /// Fails when a lease stays with a client that is gone, be it the holder or who was to be next.
    @Test(arguments: [Backend.libevent, .auto])
    func `a client that is cut gives its lease to who waits longest`(backend: Backend) throws {
        let fixture = try Self.fixture(backend)
        let clients = try (0..<4).map { _ in try fixture.client() }
        let ids = try clients.map { try $0.id() }
        let control = try fixture.client()
        _ = try clients[0].token("report")
        for index in 1...3 {
            try clients[index].sendLease("report")
            try fixture.settle(leaseWaiters: index, control)
        }
        #expect(try control.ask("CLIENT", "KILL", "ID", ids[1]) == ":1\r\n")
        try fixture.settle(leaseWaiters: 2, control)
        #expect(try control.ask("CLIENT", "KILL", "ID", ids[0]) == ":1\r\n")
        let next = try clients[2].leaseReply()
        let token = try #require(next.token)
        #expect(try control.set("report", "done", by: token) == "+OK\r\n")
        #expect(try clients[3].leaseReply() == LeaseReply("done", "hit"))
    }

    @Test func `a lease ends, and the next in line has it at once`() throws {
        let fixture = try Self.fixture()
        let (first, second) = (try fixture.client(), try fixture.client())
        let old = try first.token("report", "1")
        let new = try #require(try second.lease("report").token)
        #expect(try first.set("report", "old", by: old).hasPrefix("-NOLEASE "))
        #expect(try second.set("report", "new", by: new) == "+OK\r\n")
        #expect(try first.ask("GET", "report") == "$3\r\nnew\r\n")
        #expect(try first.ask("INFO", "stats").contains("larder_leases_expired:1\r\n"))
    }

    @Test func `who has waited long enough is told so`() throws {
        let fixture = try Self.fixture()
        let (holder, other) = (try fixture.client(), try fixture.client())
        let token = try holder.token("report")
        let held = LeaseReply(nil, "held")
        #expect(try other.lease("report", "WAIT", "0") == held)
        #expect(try other.lease("report", "30000", "WAIT", "1") == held)
        #expect(try holder.lease("report", "WAIT", "0") == held, "without its token")
        let renewed = try holder.lease("report", "10000", "TOKEN", token)
        #expect(renewed == LeaseReply(nil, token: token, "miss"))
        #expect(try other.ask("LARDER", "DROP", "report", "LEASE", token) == ":1\r\n")
        #expect(try other.ask("LARDER", "DROP", "report", "LEASE", token) == ":0\r\n")
        #expect(try holder.lease("report", "TOKEN", token).token != token)
    }

    /// Fails when what was computed before a change is stored after it, or nobody computes anew.
    @Test(arguments: [
        "SET report x", "DEL report", "UNLINK report", "FLUSHALL", "FLUSHDB", "SWAPDB 0 1",
        "LARDER BAN KEY report", "LARDER BAN PREFIX report:*", "RENAME other report",
        "COPY other report", "APPEND report x", "SETRANGE report 0 x", "MSET report x",
        "LARDER SET report x PRIORITY low", "GETDEL report",
    ])
    func `what was computed before a change is not stored`(change: String) throws {
        let fixture = try Self.fixture()
        let (holder, waiter) = (try fixture.client(), try fixture.client())
        let control = try fixture.client()
        _ = try control.ask("SET", "other", "x")
        let token = try holder.token("report")
        try waiter.sendLease("report")
        try fixture.settle(leaseWaiters: 1, control)
        let words = change.split(separator: " ").map(String.init)
        #expect(try control.ask(words).hasPrefix("-") == false)
        let reply = try waiter.leaseReply()
        let isThere = try control.ask("EXISTS", "report") == ":1\r\n"
        #expect(reply.value == (isThere ? "x" : nil) && (reply.token == nil) == isThere)
        let refusal = try holder.set("report", "old", by: token)
        #expect(refusal.hasPrefix("-NOLEASE ") || refusal.hasPrefix("-OUTDATED "))
        #expect(try control.ask("GET", "report") == (isThere ? "$1\r\nx\r\n" : "$-1\r\n"))
        if let token = reply.token {
            #expect(try waiter.set("report", "new", by: token) == "+OK\r\n")
        }
    }

    /// The same without anybody who waits, where the reason is known.
    @Test(arguments: [
        ["SET report x", "DEL report"], ["DEL report"], ["FLUSHALL"], ["LARDER BAN TAG warm"],
        ["MULTI", "DEL report", "EXEC"], ["MULTI", "FLUSHDB", "EXEC"],
    ])
    func `the holder is told that its key was changed`(changes: [String]) throws {
        let fixture = try Self.fixture()
        let (holder, control) = (try fixture.client(), try fixture.client())
        let token = try holder.token("report")
        for change in changes { _ = try control.ask(change.split(separator: " ").map(String.init)) }
        let refusal = try holder.set("report", "old", by: token, "TAGS", "warm")
        #expect(refusal.hasPrefix("-OUTDATED "))
        #expect(try control.ask("EXISTS", "report") == ":0\r\n")
    }

    @Test func `writes of other keys do not end a lease`() throws {
        let client = try Self.fixture().client()
        let token = try client.token("report")
        // As many as make each stripe of generations move.
        let request = (0..<40_000).flatMap { TestClient.request(["SET", "k\($0)", "x"]) }
        try client.send(request)
        for _ in 0..<40_000 { _ = try client.line() }
        #expect(try client.set("report", "done", by: token) == "+OK\r\n")
    }

    @Test func `each database has leases of its own`() throws {
        let fixture = try Self.fixture()
        let (first, second) = (try fixture.client(), try fixture.client())
        _ = try second.ask("SELECT", "1")
        let (one, two) = (try first.token("report"), try second.token("report"))
        #expect(try first.set("report", "a", by: two).hasPrefix("-NOLEASE "))
        #expect(try second.set("report", "b", by: two) == "+OK\r\n")
        #expect(try first.set("report", "a", by: one) == "+OK\r\n")
        #expect(try first.ask("GET", "report") == "$1\r\na\r\n")
    }

    @Test func `a change by memcached's commands counts too`() throws {
        let fixture = try Self.fixture()
        let (holder, waiter) = (try fixture.client(), try fixture.client())
        let memcached = try fixture.memcachedClient()
        _ = try holder.token("report")
        try waiter.sendLease("report")
        try fixture.settle(leaseWaiters: 1, holder)
        #expect(try memcached.say("delete report|") == "NOT_FOUND|")
        #expect(try waiter.leaseReply().token != nil)
        try holder.sendLease("report")
        try fixture.settle(leaseWaiters: 1, waiter)
        #expect(try memcached.say("set report 0 0 1|x|") == "STORED|")
        #expect(try holder.leaseReply() == LeaseReply("x", "hit"))
    }

    @Test(arguments: [
        "LARDER GET report LEASE 0", "LARDER GET report LEASE 30001",
        "LARDER GET report LEASE WAIT",
        "LARDER GET report LEASE WAIT -1", "LARDER GET report LEASE TOKEN x",
        "LARDER GET report", "LARDER GET report NOW", "LARDER GET report BYPASS 1",
        "LARDER SET report x LEASE x", "LARDER SET report x EX 0", "LARDER SET report x TAGS",
        "LARDER SET report x TAGS EX 1", "LARDER SET report x PRIORITY urgent",
        "LARDER SET report x COST -1", "LARDER SET report x EX 1 PX 1", "LARDER SET report",
        "LARDER SET report x NX", "LARDER DROP report LEASE x", "LARDER DROP report",
    ])
    func `what is wrong is refused`(request: String) throws {
        let client = try Self.fixture().client()
        #expect(try client.ask(request.split(separator: " ").map(String.init)).hasPrefix("-ERR "))
        #expect(try client.ask("EXISTS", "report") == ":0\r\n")
        #expect(try client.ask("INFO", "stats").contains("larder_leases:0\r\n"))
    }

    @Test func `nothing waits inside EXEC`() throws {
        let client = try Self.fixture().client()
        _ = try client.ask("MULTI")
        _ = try client.ask("LARDER", "GET", "report", "LEASE")
        _ = try client.ask("LARDER", "SET", "report", "x", "TAGS", "a")
        _ = try client.ask("LARDER", "SET", "report", "x", "LEASE", "0123456789abcdef")
        let reply = try client.ask("EXEC")
        #expect(reply.hasPrefix("*3\r\n-ERR ") && reply.contains("+OK\r\n-ERR "))
        #expect(try client.ask("GET", "report") == "$1\r\nx\r\n")
    }
}
