import LarderTesting
import LarderWire
import Testing

/// Keys that mean no good, or are no text, on their way to real origins (docs/origins.md).
@Suite(.serialized, .onOwnThread) struct OddKeyTests {
    private static let configuration = """
        origins:
          web: { http: "HTTP" }
          file: { sqlite: "FILE" }
        namespaces:
          - match: "page:{id}"
            origin: { use: web, get: "/kv/{id}", set: "/kv/{id}", delete: "/kv/{id}" }
            ttl: 1h
          - match: "path:{all...}"
            origin: { use: web, get: "/kv/{all}", set: "/kv/{all}" }
            ttl: 1h
          - match: "forbidden:{id}"
            origin: { use: web, get: "/status/403?id={id}" }
            ttl: 1h
          - match: "row:{id}"
            origin:
              use: file
              get: "SELECT body FROM rows WHERE id = {id}"
              set: "INSERT OR REPLACE INTO rows VALUES ({id}, {value})"
              delete: "DELETE FROM rows WHERE id = {id}"
            ttl: 1h
        """
    private static let table =
        "CREATE TABLE rows (id PRIMARY KEY, body); INSERT INTO rows VALUES ('1', 'secret')"

    /// What a stranger writes who wants another question to be asked.
    static let texts = [
        "1' OR '1'='1", "1; DROP TABLE rows", "1') --", "?1", "{id}", "{value}", "\"", "a/b",
        "a%2fb", "a%2Fb", "%00", "a?b=c", "a#b", "a b", "a\\b", "a\r\nX-Evil%3A 1",
        "a\r\n\r\nGET /kv/1 HTTP/1.1", "\0", "a\0b", "ü", "日本", "😀", "@127.0.0.1", "//evil",
        "..%2f..", "..a", "%", "%3", "100%", "%zz", "\u{7f}", "\u{1}",
    ]
    static let bytes: [[UInt8]] = [
        [0xFF, 0x00, 0xFE], [0xC0, 0xAF], [0x80], Array(0...0x39), Array(0x3B...0xFF),
    ]

    private static func ask(_ client: TestClient, _ words: [[UInt8]]) throws -> [UInt8] {
        var request = Array("*\(words.count)\r\n".utf8)
        for word in words { request += Array("$\(word.count)\r\n".utf8) + word + [13, 10] }
        try client.send(request)
        return try client.reply()
    }

    private static func bulk(_ value: [UInt8]) -> [UInt8] {
        Array("$\(value.count)\r\n".utf8) + value + [13, 10]
    }

    /// Each key has its own value, which comes back after memory has dropped it: so no two keys are
    /// one to the origin, and none is another's question.
    @Test(arguments: ["page:", "path:", "row:"])
    func `every key is itself to the origin`(prefix: String) throws {
        let world = try OriginWorld(Self.configuration, sql: Self.table)
        let client = try world.fixture.client()
        let keys = (Self.texts.map { Array($0.utf8) } + Self.bytes).map { Array(prefix.utf8) + $0 }
        for (number, key) in keys.enumerated() {
            let value = Array("\(number)".utf8)
            let reply = try Self.ask(client, [Array("SET".utf8), key, value])
            #expect(reply == Array("+OK\r\n".utf8), "\(key)")
        }
        _ = try client.ask("LARDER", "BAN", "PREFIX", "\(prefix)*")
        for (number, key) in keys.enumerated() {
            let reply = try Self.ask(client, [Array("GET".utf8), key])
            #expect(reply == Self.bulk(Array("\(number)".utf8)), "\(key)")
        }
        #expect(try world.sqlite("SELECT body FROM rows WHERE id = '1'") == "secret\n")
        #expect(try client.ask("PING") == "+PONG\r\n")
    }

    @Test func `who asks for keys that are refused closes the origin to nobody`() throws {
        let world = try OriginWorld(Self.configuration, sql: Self.table)
        let client = try world.fixture.client()
        #expect(try client.ask("SET", "page:1", "one") == "+OK\r\n")
        #expect(try client.ask("LARDER", "BAN", "KEY", "page:1").hasPrefix(":"))
        for number in 0..<30 {
            let reply = try client.ask("GET", "forbidden:\(number)")
            #expect(reply == "-ORIGIN web refused\r\n")
        }
        #expect(try client.ask("GET", "page:1") == "$3\r\none\r\n")
    }

    @Test func `memcached's keys go the same way`() throws {
        let world = try OriginWorld(Self.configuration, sql: Self.table)
        let client = try world.fixture.memcachedClient()
        for (number, text) in Self.texts.enumerated()
        where !text.contains(where: { " \r\n\0".contains($0) || $0 == "\r\n" }) {
            for prefix in ["page:", "row:"] {
                let value = "v\(number)"
                let size = value.utf8.count
                let reply = try client.say("set \(prefix)\(text) 0 0 \(size)|\(value)|")
                #expect(reply == "STORED|", "\(text)")
                let control = try world.fixture.client()
                _ = try control.ask("LARDER", "BAN", "KEY", prefix + text)
                #expect(
                    try client.say("get \(prefix)\(text)|")
                        == "VALUE \(prefix)\(text) 0 \(size)|\(value)|END|", "\(text)")
            }
        }
    }

    /// Encoded slashes too: who decodes them first would climb.
    @Test(arguments: [".", "..", "../kv/1", "a/..", "a/../b", "a\\..\\b", "./a"])
    func `a part that would lead elsewhere is not asked for`(part: String) throws {
        let world = try OriginWorld(Self.configuration, sql: Self.table)
        let client = try world.fixture.client()
        #expect(try client.ask("GET", "page:\(part)") == "-ORIGIN web refused\r\n")
        #expect(try client.ask("SET", "page:\(part)", "x") == "-ORIGIN web refused\r\n")
        #expect(try client.ask("GET", "row:\(part)") == "$-1\r\n")
        let kept = try world.fixture.memcachedClient().say("get page:\(part)|")
        #expect(kept == "SERVER_ERROR origin web refused|")
    }

    /// 64 KB is more than memory keeps of a key: it may be asked for, and not written. What is too
    /// long for an address is refused.
    @Test func `a long key is answered, and costs nobody else anything`() throws {
        let world = try OriginWorld(
            Self.configuration,
            sql: Self.table + "; INSERT INTO rows VALUES (printf('%.*c', 65536, 'k'), 'long')")
        let client = try world.fixture.client()
        let long = String(repeating: "k", count: 65_536)
        let most = String(repeating: "k", count: 16_000)
        let tooLong = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n"
        for _ in 0..<2 { #expect(try client.ask("GET", "row:\(long)") == "$4\r\nlong\r\n") }
        #expect(try client.ask("SET", "row:\(long)", "x") == tooLong)
        #expect(try client.ask("GET", "page:\(long)") == "-ORIGIN web refused\r\n")
        #expect(try client.ask("SET", "page:\(long)", "x") == tooLong)
        #expect(try client.ask("SET", "page:\(most)", "x") == "-ORIGIN web refused\r\n")
        #expect(try client.ask("SET", "row:\(most)", "x") == "+OK\r\n")
        _ = try client.ask("LARDER", "BAN", "KEY", "row:\(most)")
        #expect(try client.ask("GET", "row:\(most)") == "$1\r\nx\r\n")
        #expect(try world.sqlite("SELECT count(*) FROM rows WHERE body = 'x'") == "1\n")
        #expect(try client.ask("GET", "page:1") == "$-1\r\n")
    }

    /// The one with the most literal bytes, then without `{…...}`, then the first.
    @Test(arguments: [
        ("user:me", "me"), ("user:7", "user"), ("note:7", "any"), ("user:7:x", "rest"),
        ("user:", "null"), ("user", "null"), ("User:7", "any"), ("user:7:posts:1", "posts"),
    ])
    func `of overlapping patterns one wins`(key: String, owner: String) throws {
        func namespace(_ match: String, _ name: String, _ capture: String) -> String {
            """

              - match: "\(match)"
                name: "\(name)"
                origin: { use: file, get: "SELECT '\(name)' WHERE {\(capture)} <> ''" }
                ttl: 1h
            """
        }
        let world = try OriginWorld(
            "origins: { file: { sqlite: \"FILE\" } }\nnamespaces:"
                + namespace("{kind}:{id}", "any", "id") + namespace("user:{id}", "user", "id")
                + namespace("{kind}:{all...}", "rest", "all")
                + namespace("user:{id}:posts:{n}", "posts", "n")
                + namespace("user:m{e}", "me", "e"))
        let client = try world.fixture.client()
        let answer = owner == "null" ? "$-1\r\n" : LoadedGetTests.bulk(owner)
        #expect(try client.ask("GET", key) == answer)
    }
}
