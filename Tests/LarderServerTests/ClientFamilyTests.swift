import LarderAssembly
import LarderTesting
import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct ClientFamilyTests {
    private static func id(of client: TestClient) throws -> String {
        String(try client.ask("CLIENT", "ID").dropFirst().dropLast())
    }

    private static func number(_ field: String, of client: TestClient) throws -> Int {
        let info = try client.ask("INFO")
        let line = info.split(separator: "\r\n").first { $0.hasPrefix("\(field):") }
        return try #require(Int(line?.dropFirst(field.utf8.count + 1) ?? ""))
    }

    @Test func `what a client says about itself has a bound`() throws {
        let client = try ServerFixture().client()
        let (longest, longer) = (
            String(repeating: "n", count: 4096), String(repeating: "n", count: 4097)
        )
        for words in [["SETNAME"], ["SETINFO", "lib-name"], ["SETINFO", "LIB-VER"]] {
            #expect(try client.ask(["CLIENT"] + words + [longest]) == "+OK\r\n")
            let reply = try client.ask(["CLIENT"] + words + [longer])
            #expect(reply.hasPrefix("-ERR ") && reply.hasSuffix("longer than 4096 bytes.\r\n"))
        }
        #expect(try client.ask("HELLO", "3", "SETNAME", longer).hasPrefix("-ERR Client names"))
        #expect(try client.ask("CLIENT", "GETNAME").hasPrefix("$4096\r\n"))
    }

    @Test func `KILL ends connections of either loop by any filter`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        for filter in ["ID", "USER", "LADDR"] {
            let victims = try (0..<2).map { _ in try fixture.client() }
            var value = "default"
            if filter == "ID" { value = try Self.id(of: victims[0]) }
            if filter == "LADDR" { value = "127.0.0.1:\(fixture.resp.port)" }
            for victim in victims { _ = try victim.ask("PING") }
            let killed = filter == "ID" ? 1 : 2
            #expect(try client.ask("CLIENT", "KILL", filter, value) == ":\(killed)\r\n")
            #expect(try victims[0].remainder().isEmpty)
            if filter != "ID" { #expect(try victims[1].remainder().isEmpty) }
            _ = try client.ask("CLIENT", "KILL", "TYPE", "normal")
        }
        #expect(try client.ask("CLIENT", "KILL", "1.2.3.4:5") == "-ERR No such client\r\n")
    }

    @Test func `one who ends itself is answered first`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let id = try Self.id(of: client)
        #expect(try client.ask("CLIENT", "KILL", "ID", id) == ":0\r\n")
        #expect(try client.ask("CLIENT", "KILL", "ID", id, "SKIPME", "no") == ":1\r\n")
        #expect(try client.remainder().isEmpty)
    }

    @Test func `writes wait for the end of a pause, in order, and reads do not`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let other = try fixture.client()
        let memcached = try fixture.memcachedClient()
        #expect(try client.ask("CLIENT", "PAUSE", "100000", "WRITE") == "+OK\r\n")
        #expect(try other.ask("GET", "a") == "$-1\r\n")
        for request in [["SET", "a", "1"], ["APPEND", "a", "2"], ["GET", "a"]] {
            try other.send(TestClient.request(request))
        }
        try memcached.send("get a\r\nset b 0 0 1\r\nx\r\nget b\r\n")
        #expect(String(decoding: try memcached.line(), as: UTF8.self) == "END\r\n")
        #expect(try client.ask("EXISTS", "a", "b") == ":0\r\n")
        #expect(try client.ask("NOSUCH").hasPrefix("-ERR unknown command"))
        while try !client.ask("CLIENT", "LIST").contains("flags=b ") {}
        #expect(try client.ask("CLIENT", "UNPAUSE") == "+OK\r\n")
        #expect(String(decoding: try other.reply(), as: UTF8.self) == "+OK\r\n")
        #expect(String(decoding: try other.reply(), as: UTF8.self) == ":2\r\n")
        #expect(String(decoding: try other.reply(), as: UTF8.self) == "$2\r\n12\r\n")
        #expect(
            try memcached.text(29) == "STORED\r\nVALUE b 0 1\r\nx\r\nEND\r\n")
    }

    @Test func `a pause ends by itself, also for the pipeline that began it`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let words = [["CLIENT", "PAUSE", "50"]] + (0..<40).map { ["INCR", "n\($0 % 2)"] }
        try client.send(words.flatMap(TestClient.request))
        #expect(String(decoding: try client.reply(), as: UTF8.self) == "+OK\r\n")
        for number in 0..<40 {
            #expect(String(decoding: try client.reply(), as: UTF8.self) == ":\(number / 2 + 1)\r\n")
        }
    }

    @Test func `a large value waits too`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let writer = try fixture.client()
        let request = TestClient.request(["SET", "a", String(repeating: "x", count: 300_000)])
        try writer.send(Array(request.prefix(150_000)))
        while try Self.number("total_net_input_bytes", of: client) < 150_000 {}
        _ = try client.ask("CLIENT", "PAUSE", "100000", "WRITE")
        try writer.send(Array(request.dropFirst(150_000)))
        #expect(try client.ask("STRLEN", "a") == ":0\r\n")
        #expect(try client.ask("CLIENT", "UNPAUSE") == "+OK\r\n")
        #expect(String(decoding: try writer.reply(), as: UTF8.self) == "+OK\r\n")
        #expect(try client.ask("STRLEN", "a") == ":300000\r\n")
    }

    @Test func `EXEC waits when it would write`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let reader = try fixture.client()
        let writer = try fixture.client()
        _ = try reader.ask("MULTI")
        _ = try reader.ask("GET", "a")
        _ = try writer.ask("MULTI")
        _ = try writer.ask("SET", "a", "1")
        _ = try client.ask("CLIENT", "PAUSE", "100000", "WRITE")
        #expect(try reader.ask("EXEC") == "*1\r\n$-1\r\n")
        try writer.send(TestClient.request(["EXEC"]))
        while try !client.ask("CLIENT", "LIST").contains("flags=xb ") {}
        #expect(try client.ask("GET", "a") == "$-1\r\n")
        _ = try client.ask("CLIENT", "UNPAUSE")
        #expect(String(decoding: try writer.reply(), as: UTF8.self) == "*1\r\n+OK\r\n")
    }

    @Test func `REPLY silences what it says`() throws {
        let client = try ServerFixture().client()
        for words in [
            ["CLIENT", "REPLY", "SKIP"], ["ECHO", "a"], ["ECHO", "b"], ["CLIENT", "REPLY", "OFF"],
            ["ECHO", "c"], ["NOSUCH"], ["SET", "k", "v"], ["CLIENT", "REPLY", "ON"],
            ["GET", "k"], ["CLIENT", "REPLY", "SKIP"], ["CLIENT", "REPLY", "ON"],
        ] { try client.send(TestClient.request(words)) }
        let replies = try (0..<4).map { _ in String(decoding: try client.reply(), as: UTF8.self) }
        #expect(replies == ["$1\r\nb\r\n", "+OK\r\n", "$1\r\nv\r\n", "+OK\r\n"])
        #expect(try client.ask("PING") == "+PONG\r\n")
    }

    @Test func `the line tells where and what a client is`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        _ = try client.ask("MULTI")
        _ = try client.ask("SET", "a", "1")
        let other = try fixture.client()
        _ = try other.ask("CLIENT", "NO-EVICT", "on")
        let list = try other.ask("CLIENT", "LIST")
        #expect(list.contains(" laddr=127.0.0.1:\(fixture.resp.port) "))
        #expect(list.contains(" flags=x ") && list.contains(" multi=1 "))
        #expect(list.contains(" flags=e ") && list.contains(" cmd=client|list user=default "))
        #expect(list.contains(" qbuf=26 ") && list.contains(" argv-mem=10 "))
        #expect(list.contains(" redir=-1 resp=2\n"))
        _ = try client.ask("DISCARD")
        #expect(try other.ask("CLIENT", "LIST").contains(" multi=-1 "))
    }

    @Test func `who may not be evicted is left when memory is short`() throws {
        let fixture = try ServerFixture { $0.clients.memoryBytes = 1 << 20 }
        let kept = try fixture.client()
        let greedy = try fixture.client()
        _ = try kept.ask("CLIENT", "NO-EVICT", "on")
        // Half of a request each, held until the rest comes.
        let request = TestClient.request(["GET", String(repeating: "x", count: 700_000)])
        try kept.send(Array(request.prefix(600_000)))
        let watcher = try fixture.client()
        while try !watcher.ask("CLIENT", "LIST").contains(" qbuf=6") {}
        try greedy.send(Array(request.prefix(600_000)))
        while try Self.number("evicted_clients", of: watcher) == 0 {}
        try kept.send(Array(request.dropFirst(600_000)))
        #expect(String(decoding: try kept.reply(), as: UTF8.self) == "$-1\r\n")
    }
}
