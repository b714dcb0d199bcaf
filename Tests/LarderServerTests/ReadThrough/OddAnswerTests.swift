import LarderTesting
import Testing

/// What origins answer that is no plain value, as clients of both protocols see it
/// (docs/origins.md).
@Suite(.serialized, .onOwnThread) struct OddAnswerTests {
    private static let configuration = """
        origins:
          web: { http: "HTTP" }
          slow: { http: "HTTP", timeout: 300ms }
          tls: { http: "https://127.0.0.1:PORT" }
          none: { http: "http://127.0.0.1:9" }
          file: { sqlite: "FILE" }
          lost: { sqlite: "FILE.none" }
        namespaces:
          - { match: "web:{kind}", origin: { use: web, get: "/{kind}" }, ttl: 1h }
          - { match: "slow:{kind}", origin: { use: slow, get: "/{kind}" }, ttl: 1h }
          - { match: "size:{n}", origin: { use: web, get: "/size/{n}" }, ttl: 1h }
          - { match: "zip:{n}", origin: { use: web, get: "/zipped/{n}" }, ttl: 1h }
          - { match: "status:{n}", origin: { use: web, get: "/status/{n}" }, ttl: 1h }
          - { match: "away:{to}", origin: { use: web, get: "/away?to={to}" }, ttl: 1h }
          - { match: "tls:{id}", origin: { use: tls, get: "/{id}" }, ttl: 1h }
          - { match: "none:{id}", origin: { use: none, get: "/{id}" }, ttl: 1h }
          - { match: "lost:{id}", origin: { use: lost, get: "SELECT {id}" }, ttl: 1h }
          - match: "row:{id}"
            origin: { use: file, get: "SELECT body FROM rows WHERE id = {id}" }
            ttl: 1h
          - match: "table:{id}"
            origin: { use: file, get: "SELECT body FROM nowhere WHERE id = {id}" }
            ttl: 1h
          - match: "nothing:{id}"
            origin: { use: file, get: "UPDATE rows SET body = {id}" }
            ttl: 1h
          - match: "narrow:{id}"
            origin: { use: file, get: "SELECT {id}", get-many: "SELECT value FROM json_each({id})" }
            ttl: 1h
        """
    private static let rows = """
        CREATE TABLE rows (id TEXT, body);
        INSERT INTO rows VALUES ('empty', ''), ('null', NULL), ('zero', 0), ('blob', x'000d0aff'),
            ('huge', zeroblob(100001)), ('most', zeroblob(100000)), ('real', 1.5);
        """

    private static func world() throws -> OriginWorld {
        try OriginWorld(configuration, sql: rows, maxValueBytes: 100_000)
    }

    @Test(arguments: [
        ("web:truncated", "web corrupt"), ("web:truncated-chunk", "web corrupt"),
        ("web:truncated-head", "web corrupt"), ("web:garbage", "web corrupt"),
        ("web:undelimited", "web corrupt"), ("web:cut-zip", "web corrupt"),
        ("web:nothing", "web unreachable"), ("web:big-head", "web refused"),
        ("web:loop", "web refused"), ("away:http%3A//example.com/", "web refused"),
        ("away:file%3A///etc/passwd", "web refused"), ("slow:trickle", "slow timeout"),
        ("slow:hang", "slow timeout"), ("size:100001", "web refused"),
        ("zip:100001", "web refused"),
        ("zip:30000000", "web refused"), ("status:500", "web refused"),
        ("status:403", "web refused"), ("tls:1", "tls unreachable"), ("none:1", "none unreachable"),
        ("lost:1", "lost unreachable"), ("row:huge", "file refused"), ("table:1", "file refused"),
        ("nothing:1", "file refused"),
    ])
    func `what is no value is an error in both protocols`(key: String, failure: String) throws {
        let world = try Self.world()
        let client = try world.fixture.client()
        #expect(try client.ask("GET", key) == "-ORIGIN \(failure)\r\n")
        let text = try world.fixture.memcachedClient().say("get \(key)|")
        // The second one may be told that the first has just failed.
        #expect(text.hasPrefix("SERVER_ERROR origin \(failure.prefix { $0 != " " }) "), "\(text)")
        #expect(try client.ask("EXISTS", key) == ":0\r\n")
        let many = try client.ask("MGET", "row:zero", key)
        #expect(many.hasPrefix("-ORIGIN "), "an MGET with one failed key fails whole: \(many)")
        #expect(try client.ask("GET", "row:zero") == "$1\r\n0\r\n")
    }

    @Test(arguments: [
        ("size:0", ""), ("size:100000", nil), ("zip:100000", nil), ("row:empty", ""),
        ("row:zero", "0"), ("row:real", "1.5"), ("row:most", nil), ("narrow:1", "1"),
    ])
    func `what is empty, or as large as may be, is a value`(key: String, value: String?) throws {
        let world = try Self.world()
        let client = try world.fixture.client()
        let reply = try client.ask("GET", key)
        if let value {
            #expect(reply == LoadedGetTests.bulk(value))
        } else {
            #expect(reply.hasPrefix("$100000\r\n"))
        }
        #expect(try client.ask("EXISTS", key) == ":1\r\n")
    }

    @Test(arguments: ["row:null", "row:none", "status:404", "status:410"])
    func `what the origin has not is null, and known to be`(key: String) throws {
        let world = try Self.world()
        let client = try world.fixture.client()
        #expect(try client.ask("GET", key) == "$-1\r\n")
        #expect(try client.ask("LARDER", "EXPLAIN", key).contains("without asking"))
    }

    @Test func `a statement for many keys with too few columns fails them all`() throws {
        let world = try Self.world()
        let client = try world.fixture.client()
        #expect(try client.ask("MGET", "narrow:1", "narrow:2") == "-ORIGIN file refused\r\n")
    }
}
