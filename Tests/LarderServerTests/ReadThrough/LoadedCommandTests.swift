import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// Commands other than GET on keys that come from an origin.
@Suite(.onOwnThread) struct LoadedCommandTests {
    private static func origin() -> HeldOrigin {
        let origin = HeldOrigin()
        origin.set("product:1", "41")
        origin.set("product:2", "two")
        origin.fail("product:9", .unreachable)
        return origin
    }

    /// Each on a server of its own, so that nothing is there before.
    @Test(arguments: [
        Exchange("GETRANGE product:2 0 1", "$2|tw"), Exchange("SUBSTR product:2 1 1", "$1|w"),
        Exchange("STRLEN product:2", ":3"), Exchange("GETEX product:2 EX 9", "$3|two"),
        Exchange("GETDEL product:2", "$3|two"), Exchange("BITCOUNT product:2", ":16"),
        Exchange("GETBIT product:2 1", ":1"), Exchange("BITPOS product:2 1", ":1"),
        Exchange("LCS product:2 product:2", "$3|two"), Exchange("INCR product:1", ":42"),
        Exchange("DECRBY product:1 1", ":40"), Exchange("INCRBYFLOAT product:1 0.5", "$4|41.5"),
        Exchange("APPEND product:2 s", ":4"), Exchange("SETNX product:1 x", ":0"),
        Exchange("GETSET product:1 x", "$2|41"), Exchange("SET product:1 x NX", "$-1"),
        Exchange("SET product:1 x XX", "+OK"), Exchange("SET product:3 x XX", "$-1"),
        Exchange("SET product:1 x GET", "$2|41"), Exchange("SETRANGE product:2 0 T", ":3"),
        Exchange("SETBIT product:2 0 1", ":0"), Exchange("MSETNX product:1 x product:3 y", ":0"),
        Exchange("BITOP NOT product:3 product:2", ":3"),
        Exchange("BITFIELD product:2 GET u8 0", "*1|:116"),
        Exchange("MGET product:1 other product:2 product:3", "*4|$2|41|$-1|$3|two|$-1"),
        Exchange("MGET product:1", "*1|$2|41"),
        Exchange("MGET product:1 product:9", "-ORIGIN catalog unreachable"),
        Exchange("STRLEN product:9", "-ORIGIN catalog unreachable"),
        Exchange("INCR product:9", "-ORIGIN catalog unreachable"),
        Exchange("SET product:9 x", "+OK"), Exchange("EXISTS product:1", ":0"),
        Exchange("TTL product:1", ":-2"), Exchange("TYPE product:1", "+none"),
        Exchange("DBSIZE", ":0"), Exchange("SET product:1 x", "+OK"),
    ])
    func `what needs a value has it loaded`(exchange: Exchange) throws {
        let client = try ServerFixture(loadingFrom: Self.origin(), batchMax: 128).client()
        let reply = try client.ask(exchange.words).replacing("\r\n", with: "|").dropLast()
        #expect(reply == exchange.reply)
    }

    @Test func `MGET is one question, and counted once`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin, batchMax: 128).client()
        for _ in 0..<2 {
            #expect(
                try client.ask("MGET", "product:1", "product:2", "product:3")
                    == "*3\r\n$2\r\n41\r\n$3\r\ntwo\r\n$-1\r\n")
        }
        #expect(origin.questions == [["product:1", "product:2", "product:3"]])
        #expect(try client.ask("INFO", "commandstats").contains("cmdstat_mget:calls=2,"))
    }

    @Test func `EXISTS, TTL, TYPE, SCAN and plain writes never load`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin).client()
        for request in [
            "EXISTS product:1", "TTL product:1", "TYPE product:1", "SCAN 0", "DBSIZE",
            "SET product:1 x EX 9", "DEL product:1", "MSET product:1 x product:2 y",
            "EXPIRE product:3 9", "TOUCH product:3", "OBJECT ENCODING product:3",
        ] { _ = try client.ask(request.split(separator: " ").map(String.init)) }
        #expect(origin.questions.isEmpty)
    }

    @Test func `EXEC loads before it runs`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin, batchMax: 128).client()
        let requests = [
            ["MULTI"], ["GET", "product:2"], ["INCR", "product:1"], ["GET", "product:3"], ["EXEC"],
        ]
        try client.send(requests.flatMap(TestClient.request))
        for reply in ["+OK", "+QUEUED", "+QUEUED", "+QUEUED"] {
            #expect(try client.reply() == Array("\(reply)\r\n".utf8))
        }
        #expect(
            String(decoding: try client.reply(), as: UTF8.self)
                == "*3\r\n$3\r\ntwo\r\n:42\r\n$-1\r\n")
        #expect(origin.questions == [["product:2", "product:1", "product:3"]])
        _ = try client.ask("MULTI")
        _ = try client.ask("GET", "product:9")
        #expect(try client.ask("EXEC") == "-ORIGIN catalog unreachable\r\n")
        #expect(try client.ask("EXEC") == "-ERR EXEC without MULTI\r\n")
        #expect(try client.ask("INFO", "commandstats").contains("cmdstat_exec:calls=3,"))
    }

    /// Who is told that a value may not be kept has it loaded three times at most.
    @Test func `a value that cannot be kept is no endless load`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "41") { $0.lifetime.isCacheable = false }
        let client = try ServerFixture(loadingFrom: origin).client()
        #expect(try client.ask("GET", "product:1") == "$2\r\n41\r\n")
        #expect(try client.ask("MGET", "product:1", "x") == "*2\r\n$2\r\n41\r\n$-1\r\n")
        let before = origin.questions.count
        #expect(try client.ask("STRLEN", "product:1") == "-ORIGIN catalog overloaded\r\n")
        #expect(origin.questions.count == before + 3)
    }

    @Test func `a large value in a command that has to wait is not lost`() throws {
        let client = try ServerFixture(loadingFrom: Self.origin()).client()
        let large = String(repeating: "v", count: 200_000)
        #expect(try client.ask("SET", "product:3", large, "NX") == "+OK\r\n")
        #expect(try client.ask("STRLEN", "product:3") == ":200000\r\n")
        #expect(try client.ask("MSETNX", "a", large, "product:1", "x") == ":0\r\n")
        #expect(try client.ask("EXISTS", "a") == ":0\r\n")
    }

    @Test func `a write that invalidates leaves nothing`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin) { $0.write = .invalidate }.client()
        #expect(try client.ask("GET", "product:1") == "$2\r\n41\r\n")
        #expect(try client.ask("SET", "product:1", "42") == "+OK\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
        #expect(try client.ask("INCR", "product:1") == ":42\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
        _ = try client.ask("MULTI")
        _ = try client.ask("SET", "product:1", "43")
        #expect(try client.ask("EXEC") == "*1\r\n+OK\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
    }
}
