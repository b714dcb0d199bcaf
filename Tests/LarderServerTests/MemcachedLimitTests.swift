import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

@Suite(.onOwnThread) struct MemcachedLimitTests {
    /// Sizes around those at which values are stored in pieces.
    @Test(arguments: [8_000, 9_000, 70_000, 3_000_000])
    func `large values come back whole, and grow at both ends`(size: Int) throws {
        let client = try ServerFixture().memcachedClient()
        let value = String(repeating: "v", count: size)
        #expect(try client.say("set a 5 0 \(size)|\(value)|") == "STORED|")
        #expect(try client.say("get a|") == "VALUE a 5 \(size)|\(value)|END|")
        #expect(try client.say("append a 0 0 1|>|prepend a 0 0 1|<|") == "STORED|STORED|")
        #expect(try client.say("mg a v f|") == "VA \(size + 2) f5|<\(value)>|")
        let lines = try client.say("gets a a|").split(separator: "|")
        #expect(lines.count == 5 && lines[0] == lines[2] && lines[1] == "<\(value)>")
        #expect(try client.say("gat 0 a|") == "VALUE a 5 \(size + 2)|<\(value)>|END|")
        #expect(try client.say("incr a 1|").hasPrefix("CLIENT_ERROR cannot increment"))
    }

    @Test func `a number may stand in front of many blanks`() throws {
        let client = try ServerFixture().memcachedClient()
        let blanks = String(repeating: " ", count: 9_999)
        _ = try client.say("set a 0 0 10000|7\(blanks)|")
        #expect(try client.say("incr a 1|get a|") == "8|VALUE a 0 10000|8\(blanks)|END|")
    }

    @Test func `a value above the limit is refused, and takes the old one with it`() throws {
        let fixture = try ServerFixture { $0.memory.maxValueBytes = 1 << 20 }
        let client = try fixture.memcachedClient()
        let value = String(repeating: "v", count: 1 << 20 + 1)
        let refusal = "SERVER_ERROR object too large for cache|"
        for (write, isGone) in [
            ("set a 0 0", true), ("add a 0 0", false), ("append a 0 0", false), ("ms a", true),
        ] {
            _ = try client.say("set a 0 0 3|old|")
            #expect(try client.say("\(write) \(value.count)|\(value)|") == refusal)
            #expect(try client.say("get a|") == (isGone ? "END|" : "VALUE a 0 3|old|END|"))
        }
        #expect(try client.say("set a 0 0 \(value.count) noreply|\(value)|") == "")
        #expect(
            try client.say("ms a \(value.count) Zq|\(value)|") == "CLIENT_ERROR invalid flag|")
        let most = value.dropLast()
        #expect(try client.say("set a 0 0 \(most.count)|\(most)|") == "STORED|")
        #expect(try client.say("append a 0 0 1|x|ms a 1 MP|x|") == "NOT_STORED|NS|")
    }

    @Test func `without eviction a full memory refuses, and keeps what is there`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(4 << 20) }
        let client = try fixture.memcachedClient()
        let resp = try fixture.client()
        #expect(try resp.ask("CONFIG", "SET", "maxmemory-policy", "noeviction") == "+OK\r\n")
        let value = String(repeating: "v", count: 8_000)
        var stored = 0
        while try client.say("set key:\(stored) 0 0 8000|\(value)|") == "STORED|" { stored += 1 }
        #expect(stored > 100)
        let refusal = "SERVER_ERROR out of memory storing object|"
        #expect(try client.say("set new 0 0 8000|\(value)|") == refusal)
        #expect(try client.say("ms new 8000 q|\(value)|") == refusal)
        #expect(try client.say("set new 0 0 8000 noreply|\(value)|") == "")
        #expect(try client.say("get key:0|") == "VALUE key:0 0 8000|\(value)|END|")
        #expect(try client.say("mg key:\(stored - 1)|") == "HD|")
        try fixture.store.checkInvariants()
    }

    @Test func `a client that says no password hears nothing`() throws {
        let fixture = try ServerFixture { $0.password = "secret" }
        let client = try fixture.memcachedClient()
        let refusal = "CLIENT_ERROR unauthenticated|"
        func ask(_ commands: String, _ lines: Int) throws -> String {
            try client.send(commands.replacing("|", with: "\r\n"))
            return try (0..<lines).map { _ in String(decoding: try client.line(), as: UTF8.self) }
                .joined().replacing("\r\n", with: "|")
        }
        #expect(try ask("get a|mg a v|stats|bogus|", 4) == String(repeating: refusal, count: 4))
        #expect(try ask("set a 0 0 5|wrong|", 1) == "CLIENT_ERROR bad authentication token format|")
        #expect(
            try ask("set a 0 0 13|default wrong|", 1) == "CLIENT_ERROR authentication failure|")
        #expect(try ask("set a 0 0 12|other secret|", 1) == "CLIENT_ERROR authentication failure|")
        #expect(try ask("set a 0 0 9999|", 1) == refusal)
        #expect(
            try ask(String(repeating: "x", count: 9_999) + "|set a 0 0 14|default secret|", 1)
                == "STORED|")
        #expect(try client.say("get a|set a 0 0 1|x|get a|") == "END|STORED|VALUE a 0 1|x|END|")
        let other = try fixture.memcachedClient()
        try other.send("quit\r\n")
        #expect(try other.remainder() == "")
    }
}
