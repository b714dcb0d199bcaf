import LarderTesting
import Testing

@Suite(.onOwnThread) struct MemcachedCommandTests {
    @Test(arguments: Conversation.all)
    func `commands answer as memcached does`(conversation: Conversation) throws {
        try conversation.hold(with: ServerFixture().memcachedClient())
    }

    @Test(arguments: Conversation.all)
    func `a pipeline answers as its commands one by one`(conversation: Conversation) throws {
        let client = try ServerFixture().memcachedClient()
        #expect(try client.say(conversation.requests) == conversation.replies)
    }

    @Test func `bytes that come one by one are understood all the same`() throws {
        let client = try ServerFixture().memcachedClient()
        let wire = "set a 5 0 3|abc|gets none|ms b 2 T0 k|xy|ma n N0 v|get a|mg b v|"
        for byte in wire.replacing("|", with: "\r\n").utf8 { try client.send([byte]) }
        let reply = "STORED|END|HD kb|VA 1|0|VALUE a 5 3|abc|END|VA 2|xy|"
        #expect(try client.answers() == reply)
    }

    @Test func `what has a version can be compared, whoever wrote it`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.memcachedClient()
        #expect(try fixture.client().ask("SET", "a", "by RESP") == "+OK\r\n")
        let first = try client.version(of: "a")
        #expect(try client.version(of: "a") == first)
        #expect(try client.say("touch a 100|") == "TOUCHED|")
        #expect(try client.version(of: "a") == first)
        #expect(
            try client.say("cas a 0 0 1 \(first)|1|cas a 0 0 1 \(first)|2|get a|")
                == "STORED|EXISTS|VALUE a 0 1|1|END|")
        let second = try client.version(of: "a")
        #expect(try client.say("ms a 1 C\(second) c|3|").hasPrefix("HD c"))
        #expect(
            try client.say("ms a 1 C\(second)|4|md a C\(second)|ma a C\(second)|")
                == "EX|EX|EX|")
        let third = try client.version(of: "a")
        #expect(try client.say("mg a c|") == "HD c\(third)|")
        #expect(try client.say("ma a C\(third) v|") == "VA 1|4|")
        let fourth = try client.version(of: "a")
        #expect(try client.say("md a C\(fourth)|mg a|") == "HD|EN|")
        #expect(Set([first, second, third, fourth]).count == 4)
    }

    @Test func `no two keys have the same version`() throws {
        let client = try ServerFixture().memcachedClient()
        var versions: Set<String> = []
        for number in 0..<200 {
            _ = try client.say("set key:\(number) 0 0 1|x|")
            versions.insert(try client.version(of: "key:\(number)"))
        }
        #expect(versions.count == 200)
    }

    @Test func `both protocols see one key space, and flags outlive RESP`() throws {
        let fixture = try ServerFixture()
        let (client, resp) = (try fixture.memcachedClient(), try fixture.client())
        #expect(try client.say("set a 77 0 2|10|") == "STORED|")
        #expect(try resp.ask("INCR", "a") == ":11\r\n")
        #expect(try client.say("get a|") == "VALUE a 77 2|11|END|")
        #expect(try resp.ask("EXPIRE", "a", "100") == ":1\r\n")
        let left = try client.say("mg a t f|")
        #expect(["HD t100 f77|", "HD t99 f77|"].contains(left))
        _ = try resp.ask("SELECT", "1")
        #expect(try resp.ask("GET", "a") == "$-1\r\n")
        #expect(try resp.ask("SET", "other", "x") == "+OK\r\n")
        #expect(try client.say("flush_all|get a|") == "OK|END|")
        #expect(try resp.ask("GET", "other") == "$1\r\nx\r\n")
    }

    @Test func `keys with blanks and zero bytes go by base64`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.memcachedClient()
        #expect(try client.say("ms d2l0aCBzcGFjZQ== 2 b k|hi|") == "HD kd2l0aCBzcGFjZQ== b|")
        #expect(try fixture.client().ask("GET", "with space") == "$2\r\nhi\r\n")
        #expect(try client.say("mg d2l0aCBzcGFjZQ== b v k|") == "VA 2 kd2l0aCBzcGFjZQ== b|hi|")
        #expect(try client.say("ma AAE= b N0 J9|ma AAE= b v|md AAE= b|") == "HD|VA 2|10|HD|")
        #expect(try client.say("me d2l0aCBzcGFjZQ== b|").hasPrefix("ME d2l0aCBzcGFjZQ== exp=-1 "))
        #expect(try client.say("md d2l0aCBzcGFjZQ== b|mg d2l0aCBzcGFjZQ== b|") == "HD|EN|")
    }

    @Test func `gat touches the keys in front of one that is too long`() throws {
        let client = try ServerFixture().memcachedClient()
        let long = String(repeating: "k", count: 251)
        _ = try client.say("set a 0 0 1|x|set b 0 0 1|x|")
        #expect(
            try client.say("gat -1 a \(long) b|") == "CLIENT_ERROR bad command line format|")
        #expect(try client.say("get a b|") == "VALUE b 0 1|x|END|")
    }
}
