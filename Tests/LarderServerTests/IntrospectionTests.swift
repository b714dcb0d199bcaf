import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

@Suite(.onOwnThread) struct IntrospectionTests {
    @Test func `CLIENT LIST shows every connection`() throws {
        let fixture = try ServerFixture()
        let first = try fixture.client()
        let second = try fixture.client()
        _ = try first.ask("CLIENT", "SETNAME", "first")
        _ = try second.ask("SELECT", "3")
        _ = try second.ask("HELLO", "3", "SETNAME", "second")
        let id = Int(try first.ask("CLIENT", "ID").dropFirst().dropLast()) ?? 0
        let list = try first.ask("CLIENT", "LIST")
        let lines = list.split(separator: "\r\n").dropFirst().joined().split(separator: "\n")
        #expect(lines.count == 2)
        let line = try #require(lines.first { $0.contains("name=first ") })
        #expect(line.hasPrefix("id=\(id) addr=127.0.0.1:"))
        #expect(line.contains(" cmd=client|list ") && line.contains(" resp=2"))
        let other = try #require(lines.first { $0.contains("name=second ") })
        #expect(
            other.contains(" db=3 ") && other.contains(" cmd=hello ") && other.contains(" resp=3"))
        let mine = try first.ask("CLIENT", "LIST", "ID", "\(id)")
        #expect(mine.contains("name=first") && !mine.contains("name=second"))
        #expect(try first.ask("CLIENT", "LIST", "ID", "x") == "-ERR Invalid client ID\r\n")
        #expect(try first.ask("CLIENT", "LIST", "TYPE", "pubsub") == "$0\r\n\r\n")
        #expect(
            try first.ask("CLIENT", "LIST", "TYPE", "no") == "-ERR Unknown client type 'no'\r\n")
        #expect(try first.ask("CLIENT", "LIST", "NO") == "-ERR syntax error\r\n")
    }

    @Test func `what is no name is not shown in a list`() throws {
        let client = try ServerFixture().client()
        #expect(try client.ask("CLIENT", "SETNAME", "a b").hasPrefix("-ERR Client names cannot"))
        #expect(try client.ask("CLIENT", "SETNAME", "a\nid=1").hasPrefix("-ERR Client names"))
        #expect(try client.ask("CLIENT", "SETINFO", "LIB-NAME", "a\nb").hasPrefix("-ERR LIB-NAME"))
        #expect(try client.ask("CLIENT", "SETINFO", "LIB-VER", "1.2") == "+OK\r\n")
        #expect(try client.ask("CLIENT", "INFO").contains(" lib-name= lib-ver=1.2\n"))
    }

    @Test func `INFO counts what happened`() throws {
        let client = try ServerFixture().client()
        _ = try client.ask("MSET", "a", "1", "b", "2")
        _ = try client.ask("SET", "c", "1", "EX", "100000")
        _ = try client.ask("GET", "a")
        _ = try client.ask("MGET", "a", "none", "b")
        let fields = Self.fields(try client.ask("INFO"))
        #expect(fields["redis_version"] == "7.0.15")
        #expect(fields["larder_version"] == "test")
        #expect(fields["connected_clients"] == "1")
        #expect(fields["total_connections_received"] == "1")
        #expect(fields["total_commands_processed"] == "5")
        #expect(fields["keyspace_hits"] == "3")
        #expect(fields["keyspace_misses"] == "1")
        #expect(fields["evicted_keys"] == "0")
        #expect(fields["maxmemory"] == "67108864")
        #expect(fields["maxmemory_policy"] == "allkeys-lru")
        let database = try #require(fields["db0"]).split(separator: "=")
        #expect(database.dropLast() == ["keys", "3,expires", "1,avg_ttl"])
        #expect(Int(database[3]).map { (90_000_000...100_000_000).contains($0) } == true)
        let used = Int(fields["used_memory"] ?? "") ?? 0
        #expect(used > 0 && used <= 67_108_864)
        #expect(Self.fields(try client.ask("INFO", "memory"))["keyspace_hits"] == nil)
    }

    @Test func `CONFIG SET of the memory limit makes the store smaller`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let value = String(repeating: "x", count: 10_000)
        for number in 0..<2_000 { _ = try client.ask("SET", "key:\(number)", value) }
        let before = fixture.store.budget.used
        #expect(before > 16 << 20)
        #expect(try client.ask("CONFIG", "SET", "maxmemory", "8mb") == "+OK\r\n")
        #expect(
            try client.ask("CONFIG", "GET", "maxmemory")
                == "*2\r\n$9\r\nmaxmemory\r\n$7\r\n8388608\r\n")
        #expect(fixture.store.budget.limit == 8 << 20)
        #expect(
            try client.ask("CONFIG", "SET", "maxmemory", "x").hasPrefix("-ERR CONFIG SET failed"))
        // Housekeeping gives the rest back while the loops turn.
        for _ in 0..<100_000 where fixture.store.budget.used > 8 << 20 {
            _ = try client.ask("SET", "new", value)
        }
        #expect(fixture.store.budget.used <= 8 << 20)
    }

    @Test func `CONFIG SET refuses what a running server cannot change`() throws {
        let client = try ServerFixture().client()
        let changes = [
            ("maxclients", "5"), ("timeout", "5"), ("tcp-keepalive", "5"),
            ("proto-max-bulk-len", "2mb"),
        ]
        for (name, value) in changes {
            let before = try client.ask("CONFIG", "GET", name)
            #expect(
                try client.ask("CONFIG", "SET", name, value)
                    == "-ERR CONFIG SET failed (possibly related to argument '\(name)')"
                    + " - can't set immutable config\r\n", "\(name)")
            #expect(try client.ask("CONFIG", "GET", name) == before)
        }
        #expect(
            try client.ask("CONFIG", "SET", "maxmemory", "32mb", "timeout", "5").hasPrefix("-ERR"))
        #expect(try client.ask("CONFIG", "GET", "maxmemory").contains("67108864"))
    }

    @Test func `with noeviction a full store refuses to grow`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(4 << 20) }
        let client = try fixture.client()
        #expect(try client.ask("CONFIG", "SET", "maxmemory-policy", "noeviction") == "+OK\r\n")
        let value = String(repeating: "x", count: 10_000)
        var reply = "+OK\r\n"
        var number = 0
        while reply == "+OK\r\n", number < 1_000 {
            reply = try client.ask("SET", "key:\(number)", value)
            number += 1
        }
        #expect(reply == "-OOM command not allowed when used memory > 'maxmemory'.\r\n")
        #expect(try client.ask("GET", "key:0") == "$10000\r\n\(value)\r\n")
        #expect(try client.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru") == "+OK\r\n")
        #expect(try client.ask("SET", "key:\(number)", value) == "+OK\r\n")
    }

    private static func fields(_ reply: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in reply.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        return fields
    }
}
