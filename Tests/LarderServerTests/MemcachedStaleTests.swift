import LarderTesting
import Testing

/// Values that are out of date, with versions.
@Suite(.onOwnThread) struct MemcachedStaleTests {
    @Test func `a write with an older version stores what stays out of date`() throws {
        let client = try ServerFixture().memcachedClient()
        _ = try client.say("set a 0 100 1|1|")
        let first = try client.version(of: "a")
        #expect(try client.say("md a I T30|") == "HD|")
        let second = try client.version(of: "a")
        #expect(try #require(UInt64(first)) < #require(UInt64(second)))
        // The expiry stays that of the entry, whatever the write says.
        #expect(try client.say("ms a 1 C\(first) I T90|2|mg a v t|") == "HD|VA 1 t30 X W|2|")
        #expect(try client.say("ms a 1 C\(first) I|3|mg a v|") == "HD|VA 1 Z X|3|")
        #expect(try client.say("ms a 1 C\(first)|4|mg a v|") == "EX|VA 1 Z X|3|")
        #expect(try client.say("ms a 1 C99999999999999 I|4|") == "EX|")
        let third = try client.version(of: "a")
        #expect(try client.say("ms a 1 C\(third) I|4|mg a v|") == "HD|VA 1|4|")
    }

    @Test func `md with I gives a new version, and compares before`() throws {
        let client = try ServerFixture().memcachedClient()
        _ = try client.say("set a 0 0 1|1|")
        let first = try client.version(of: "a")
        #expect(try client.say("md a I C1|mg a|") == "EX|HD|")
        #expect(try client.say("md a I C\(first)|") == "HD|")
        #expect(try client.say("cas a 0 0 1 \(first)|2|md a C\(first)|") == "EXISTS|EX|")
        let second = try client.version(of: "a")
        #expect(first != second)
        #expect(try client.say("mg a c|") == "HD c\(second) X W|")
    }

    @Test func `what RESP does to an entry is seen by meta commands, and the other way round`()
        throws
    {
        let fixture = try ServerFixture()
        let (client, resp) = (try fixture.memcachedClient(), try fixture.client())
        #expect(try resp.ask("SET", "a", "5") == "+OK\r\n")
        #expect(try client.say("mg a h u|") == "HD h0|")
        #expect(try resp.ask("GET", "a") == "$1\r\n5\r\n")
        #expect(try client.say("mg a h u f|md a I|") == "HD h1 f0|HD|")
        // Only clients of meta commands are told that a value is out of date.
        #expect(try resp.ask("GET", "a") == "$1\r\n5\r\n")
        #expect(try client.say("mg a|mg a|") == "HD X W|HD Z X|")
        #expect(try resp.ask("EXPIRE", "a", "100") == ":1\r\n")
        #expect(try client.say("mg a|") == "HD Z X|")
        #expect(try resp.ask("SET", "a", "6") == "+OK\r\n")
        #expect(try client.say("mg a h v|") == "VA 1 h0|6|")
        #expect(try client.say("mg none N30|") == "HD W|")
        #expect(try resp.ask("STRLEN", "none") == ":0\r\n")
        #expect(try resp.ask("EXISTS", "none") == ":1\r\n")
    }

    @Test func `a version is changed by the writes of RESP, and by nothing else of it`() throws {
        let fixture = try ServerFixture()
        let (client, resp) = (try fixture.memcachedClient(), try fixture.client())
        #expect(try client.say("set a 9 0 1|5|") == "STORED|")
        var seen: [String] = [try client.version(of: "a")]
        for (words, isWrite) in Self.changes {
            _ = try resp.ask(words)
            let version = try client.version(of: "a")
            #expect((version != seen.last) == isWrite, "\(words)")
            seen.append(version)
        }
        #expect(try client.say("cas a 0 0 1 \(seen[0])|x|") == "EXISTS|")
        #expect(try client.say("mg a f|") == "HD f9|")
        #expect(try resp.ask("SET", "a", "7") == "+OK\r\n")
        #expect(try client.say("mg a f|") == "HD f0|")
    }

    private static let changes: [([String], Bool)] = [
        (["GET", "a"], false), (["EXPIRE", "a", "100"], false), (["PERSIST", "a"], false),
        (["INCR", "a"], true), (["APPEND", "a", "1"], true), (["TTL", "a"], false),
        (["SETRANGE", "a", "0", "4"], true), (["TYPE", "a"], false),
    ]
}
