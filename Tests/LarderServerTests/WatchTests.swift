import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

@testable import LarderServer

/// What Tests/Acceptance/scenarios/watch.txt cannot see: memcached, eviction, what is left behind.
@Suite(.onOwnThread) struct WatchTests {
    /// Watches `key`, lets `change` happen, and tells whether EXEC ran.
    private func runs(
        _ fixture: ServerFixture, after change: (ServerFixture) throws -> Void
    ) throws -> Bool {
        let client = try fixture.client()
        #expect(try client.ask("WATCH", "key") == "+OK\r\n")
        try change(fixture)
        #expect(try client.ask("MULTI") == "+OK\r\n")
        let reply = try client.ask("EXEC")
        #expect(["*0\r\n", "*-1\r\n"].contains(reply))
        return reply == "*0\r\n"
    }

    @Test(arguments: [
        "set key 0 0 1|x|", "append key 0 0 1|x|", "touch key 100|", "gat 100 key|",
        "delete key|", "incr key 1|", "flush_all|", "ms key 1|x|", "md key|", "ma key|",
    ])
    func `memcached's writes break a watch`(command: String) throws {
        let fixture = try ServerFixture()
        #expect(try fixture.memcachedClient().say("set key 0 0 1|1|") == "STORED|")
        let isRun = try runs(fixture) { _ = try $0.memcachedClient().say(command) }
        #expect(!isRun)
    }

    @Test(arguments: [
        "get key|", "gets key|", "mg key v|", "add key 0 0 1|x|", "delete other|", "incr none 1|",
        "cas key 0 0 1 4711|x|",
    ])
    func `what memcached only reads or refuses breaks none`(command: String) throws {
        let fixture = try ServerFixture()
        #expect(try fixture.memcachedClient().say("set key 0 0 1|1|") == "STORED|")
        let isRun = try runs(fixture) { _ = try $0.memcachedClient().say(command) }
        #expect(isRun)
    }

    @Test func `an eviction breaks a watch`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(4 << 20) }
        let writer = try fixture.client()
        #expect(try writer.ask("SET", "key", "1") == "+OK\r\n")
        let isRun = try runs(fixture) { fixture in
            let value = String(repeating: "x", count: 4_000)
            for number in 0..<4_000 { _ = try writer.ask("SET", "filler:\(number)", value) }
            #expect(try writer.ask("EXISTS", "key") == ":0\r\n")
            #expect(fixture.store.statistics.evictions > 0)
        }
        #expect(!isRun)
    }

    @Test func `the next transaction after a broken one runs`() throws {
        let fixture = try ServerFixture()
        let isRun = try runs(fixture) { _ = try $0.client().ask("SET", "key", "1") }
        #expect(!isRun)
        let isRunAgain = try runs(fixture) { _ in }
        #expect(isRunAgain)
    }

    @Test(arguments: [["EXEC"], ["DISCARD"], ["UNWATCH"], ["RESET"], ["EXEC", "now"], ["QUIT"]])
    func `nothing of a watch is left behind`(ending: [String]) throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        _ = try client.ask(["WATCH"] + (0..<500).map { "key:\($0)" })
        #expect(fixture.store.watchedCount == 500)
        if ending != ["UNWATCH"] { _ = try client.ask("MULTI") }
        _ = try client.ask(ending)
        if ending == ["QUIT"] { _ = try client.remainder() }
        try fixture.settle { $0.store.watchedCount == 0 }
    }

    @Test func `what another loop found expired meanwhile breaks a watch`() throws {
        let fixture = try ServerFixture()
        let subscriber = try fixture.client()
        let client = try fixture.client()
        // Not on the loop of `client`.
        let reader = try fixture.memcachedClient()
        _ = try subscriber.ask("SUBSCRIBE", "x")
        for words in [["SET", "key", "1", "PX", "50"], ["WATCH", "key"]] {
            _ = try client.ask(words)
        }
        let batch = [["PUBLISH", "x", "1"], ["MULTI"], ["GET", "key"], ["EXEC"]]
        try fixture.server.shared.pubsub.state.withLock { _ in
            // The time of the whole batch is that of its first command, which waits for this lock.
            try client.send(batch.flatMap { TestClient.request($0) })
            var line = ""
            while line != "END\r\n" {
                try reader.send("get key\r\n")
                line = String(decoding: try reader.line(), as: UTF8.self)
                if line.hasPrefix("VALUE") { for _ in 0..<2 { _ = try reader.line() } }
            }
        }
        let replies = ":1\r\n+OK\r\n+QUEUED\r\n*-1\r\n"
        #expect(try client.text(replies.utf8.count) == replies)
    }

    @Test func `a connection that goes leaves nothing behind`() throws {
        let fixture = try ServerFixture()
        do {
            let client = try fixture.client()
            _ = try client.ask("WATCH", "a", "b", "a")
            #expect(fixture.store.watchedCount == 2)
        }
        try fixture.settle { $0.store.watchedCount == 0 }
    }

    @Test func `as many keys as may be watched, and no more`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let keys = (0..<KeyWatch.keyCountMax).map { "\($0)" }
        #expect(try client.ask(["WATCH"] + keys) == "+OK\r\n")
        #expect(
            try client.ask("WATCH", "more")
                == "-ERR too many watched keys: at most \(KeyWatch.keyCountMax) at a time\r\n")
        #expect(try client.ask("UNWATCH") == "+OK\r\n")
        #expect(fixture.store.watchedCount == 0)
    }
}
