import LarderAssembly
import LarderCore
import LarderTesting
import Testing

@testable import LarderServer

/// What EXEC tells others: when no shard is locked any more, and in order.
@Suite(.onOwnThread) struct TransactionTellingTests {
    private static let push = ">3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\n"

    /// Runs an EXEC that sets `k` while `hold` runs its argument under a lock that telling needs.
    /// memcached's GET needs only the shard.
    private func expectUnlocked(
        _ fixture: ServerFixture, _ words: [[String]], _ hold: (() -> Void) -> Void
    ) throws {
        let client = try fixture.client()
        let reader = try fixture.memcachedClient()
        for words in [["MULTI"], ["SET", "k", "1"]] + words { _ = try client.ask(words) }
        var value = ""
        hold {
            try? client.send(TestClient.request(["EXEC"]))
            for _ in 0..<20_000 where value.isEmpty {
                guard (try? reader.send("get k\r\n")) != nil, let line = try? reader.line()
                else { return }
                if line.first == UInt8(ascii: "V") {
                    value = String(decoding: (try? reader.line()) ?? [], as: UTF8.self)
                }
            }
        }
        #expect(value == "1\r\n")
        #expect(try client.reply().first == UInt8(ascii: "*"))
    }

    @Test func `messages wait until no shard is locked`() throws {
        let fixture = try ServerFixture()
        let subscriber = try fixture.client()
        _ = try subscriber.ask("SUBSCRIBE", "x")
        try expectUnlocked(fixture, [["PUBLISH", "x", "m1"]]) { body in
            fixture.server.shared.pubsub.state.withLock { _ in body() }
        }
        #expect(try subscriber.text(9).hasPrefix("*3"))
    }

    @Test func `key events wait until no shard is locked`() throws {
        let fixture = try ServerFixture { $0.pubsub.events = [.keyevent, .string] }
        let subscriber = try fixture.client()
        _ = try subscriber.ask("SUBSCRIBE", "__keyevent@0__:set")
        try expectUnlocked(fixture, []) { body in
            fixture.server.shared.pubsub.state.withLock { _ in body() }
        }
        #expect(try subscriber.text(9).hasPrefix("*3"))
    }

    @Test func `evictions are told to watchers when no shard is locked`() throws {
        let fixture = try ServerFixture {
            $0.memory.maxEntries = 256
            $0.memory.policy = .fifo
        }
        let client = try fixture.memcachedClient()
        for number in 0..<600 { _ = try client.say("set old:\(number) 0 0 1|x|") }
        let watcher = try fixture.memcachedClient()
        try watcher.send("watch evictions\r\n")
        #expect(try watcher.text(4) == "OK\r\n")
        let writes = (0..<32).map { ["SET", "new:\($0)", "1"] }
        try expectUnlocked(fixture, writes) { body in
            fixture.server.shared.memcached.watchers.state.withLock { _ in body() }
        }
        let line = String(decoding: try watcher.line(), as: UTF8.self)
        #expect(line.contains("type=eviction"))
    }

    @Test func `the slow log is written when no shard is locked`() throws {
        let fixture = try ServerFixture { $0.slowlog.threshold = .zero }
        try expectUnlocked(fixture, [["GET", "k"]]) { body in
            fixture.server.shared.settings.withLock { _ in body() }
        }
        let entries = fixture.server.shared.slowLog.last(10).map { entry in
            entry.arguments.map { String(decoding: $0, as: UTF8.self) }
        }
        // EXEC itself is in none.
        #expect(entries.prefix(2) == [["GET", "k"], ["SET", "k", "1"]])
    }

    @Test func `own messages stand where they stood, and large values with them`() throws {
        let client = try ServerFixture().client()
        _ = try client.ask("HELLO", "3")
        let value = String(repeating: "v", count: 100_000)
        for words in [["SET", "k", value], ["SUBSCRIBE", "x"], ["MULTI"]] {
            _ = try client.ask(words)
        }
        let queued = [
            ["GET", "k"], ["PUBLISH", "x", "m1"], ["GET", "k"], ["PUBLISH", "x", "m2"],
            ["UNSUBSCRIBE", "x"], ["PUBLISH", "x", "m3"], ["GET", "none"],
        ]
        for words in queued { _ = try client.ask(words) }
        let bulk = "$100000\r\n\(value)\r\n"
        let expected =
            "*7\r\n\(bulk)\(Self.push)m1\r\n:1\r\n\(bulk)\(Self.push)m2\r\n:1\r\n"
            + ">3\r\n$11\r\nunsubscribe\r\n$1\r\nx\r\n:0\r\n:0\r\n_\r\n+PONG\r\n"
        try client.send(TestClient.request(["EXEC"]) + TestClient.request(["PING"]))
        #expect(try client.text(expected.utf8.count) == expected)
    }

    @Test func `a subscription follows a change of protocol in the same transaction`() throws {
        let fixture = try ServerFixture()
        let (client, other) = (try fixture.client(), try fixture.client())
        for words in [["MULTI"], ["SUBSCRIBE", "x"], ["PING"], ["HELLO", "3"]] {
            _ = try client.ask(words)
        }
        try client.send(TestClient.request(["EXEC"]) + TestClient.request(["ECHO", "end"]))
        var lines: [String] = []
        while lines.last != "end\r\n", lines.count < 99 {
            lines.append(String(decoding: try client.line(), as: UTF8.self))
        }
        #expect(lines.prefix(2) == ["*3\r\n", "*3\r\n"])
        // A subscriber of RESP2 is answered so.
        #expect(lines[7...11] == ["*2\r\n", "$4\r\n", "pong\r\n", "$0\r\n", "\r\n"])
        #expect(try other.ask("PUBLISH", "x", "m1") == ":1\r\n")
        #expect(try client.text(Self.push.utf8.count + 4) == Self.push + "m1\r\n")
        #expect(try client.ask("SET", "k", "v") == "+OK\r\n")
    }

    @Test func `the reply to an EXPIRE that removes follows the event`() throws {
        let fixture = try ServerFixture { $0.pubsub.events = [.keyevent, .generic] }
        let client = try fixture.client()
        for words in [["SET", "k", "1"], ["HELLO", "3"]] { _ = try client.ask(words) }
        try client.send(TestClient.request(["PSUBSCRIBE", "*"]))
        for _ in 0..<6 { _ = try client.line() }
        for (time, first) in [("9", ":1"), ("-1", ">4")] {
            try client.send(TestClient.request(["EXPIRE", "k", time]))
            #expect(try client.text(2) == first)
            for _ in 0..<10 { _ = try client.line() }
        }
    }

    @Test func `monitors read an EXEC that is refused`() throws {
        let fixture = try ServerFixture()
        let (monitor, client) = (try fixture.client(), try fixture.client())
        _ = try monitor.ask("MONITOR")
        _ = try client.ask("EXEC", "x")
        _ = try client.ask("PING")
        #expect(String(decoding: try monitor.line(), as: UTF8.self).contains("\"EXEC\" \"x\""))
    }

    @Test func `monitors read the commands in order, each with its database`() throws {
        let fixture = try ServerFixture()
        let (monitor, client) = (try fixture.client(), try fixture.client())
        _ = try monitor.ask("MONITOR")
        for words in [["MULTI"], ["SET", "a", "1"], ["PUBLISH", "x", "1"], ["SELECT", "3"]] {
            _ = try client.ask(words)
        }
        _ = try client.ask("EXEC")
        let lines = try (0..<5).map { _ in String(decoding: try monitor.line(), as: UTF8.self) }
        let seen = lines.map { line in
            let database = line.split(separator: "[").last?.first
            let command = line.split(separator: "\"").dropFirst().first
            return "\(database.map(String.init) ?? "") \(command ?? "")"
        }
        #expect(seen == ["0 MULTI", "0 SET", "0 PUBLISH", "3 SELECT", "3 EXEC"])
    }
}
