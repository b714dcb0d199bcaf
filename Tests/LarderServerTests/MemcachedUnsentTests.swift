import LarderTesting
import Testing

/// Numbers that change while `mg` in the same packet waits to be sent. What is expected was said by
/// memcached 1.6.18.
///
/// Planted bugs that this fails with: no look at what came before; `get` taken for a read that
/// waits; no end after twenty-one requests; `mg` in base64 not decoded.
@Suite(.onOwnThread) struct MemcachedUnsentTests {
    private static func touches(_ count: Int) -> String {
        String(repeating: "touch none 0 noreply|", count: count)
    }

    @Test(arguments: [
        ("", "9 "), ("mg a v|", "9"), ("mg a k|", "9"), ("mg a q|mg none q|", "9"),
        ("mg YQ== b|", "9"), ("mg none v|", "9 "), ("mg a v v|", "9 "),
        ("get a|", "9 "), ("gets a|", "9 "), ("gat 0 a|", "9 "),
        ("mg a v|mn|", "9 "), ("mg a v|get none|", "9 "), ("mg a v|gat 0 none|", "9 "),
        ("mg a v|bogus|get|gat x a|delete none|", "9"),
        ("mg a u|", "9"), ("mg a u|delete none|set b 0 0 2|10|", "9"),
        ("mg a u|set a 0 0 2|10|", "9 "), ("mg a u|ms YQ== 2 b|10|", "9 "),
        ("mg a u|incr a 0|", "9 "), ("mg a u|ms b 2|10|", "9"),
        ("mg a v|set a 0 0 2|10|", "9 "), ("mg a v|add a 0 0 2|10|", "9"),
        ("mg a v|\(touches(19))", "9"), ("mg a v|\(touches(20))", "9 "),
        ("mg a v|set b 0 0 8000|\(String(repeating: "x", count: 8_000))|", "9"),
        ("mg a v|set b 0 0 30000|\(String(repeating: "x", count: 30_000))|", "9 "),
    ])
    func `a number that waits to be sent is not filled up`(before: String, value: String) throws {
        let client = try ServerFixture().memcachedClient()
        #expect(try client.say("set a 0 0 2|10|") == "STORED|")
        _ = try client.say(before + "decr a 1|")
        #expect(try client.say("get a|") == "VALUE a 0 \(value.utf8.count)|\(value)|END|")
    }

    @Test func `what waits loses its marks, and ma gives the new expiry to it`() throws {
        let client = try ServerFixture().memcachedClient()
        _ = try client.say("set a 0 0 2|10|md a I|")
        #expect(try client.say("mg a v|ma a MD T90 v|") == "VA 2 X W|10|VA 1|9|")
        #expect(try client.say("mg a h t v|") == "VA 1 h0 t-1|9|")
        _ = try client.say("set a 0 0 2|10|md a I|mg a v|")
        #expect(try client.say("ma a MD T90 v|mg a t v|") == "VA 1|9|VA 2 t90 Z X|9 |")
    }
}
