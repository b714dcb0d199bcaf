import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// LARDER: bans, EXPLAIN, and GET past memory.
@Suite(.onOwnThread) struct LarderCommandTests {
    private static func origin() -> HeldOrigin {
        let origin = HeldOrigin()
        origin.set("product:1", "old") { $0.tags = [Array("chairs".utf8)] }
        return origin
    }

    @Test(arguments: [
        ["KEY", "product:1"], ["TAG", "chairs"], ["PREFIX", "product:*"],
        ["NAMESPACE", "products"], ["NAMESPACE", "products", "SOFT"],
    ])
    func `what is banned is loaded again`(words: [String]) throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin).client()
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        origin.set("product:1", "new")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        #expect(try client.ask(["LARDER", "BAN"] + words).hasPrefix(":"))
        #expect(try client.ask("GET", "product:1") == "$3\r\nnew\r\n")
    }

    @Test func `a plain write of a namespace is banned with it`() throws {
        let client = try ServerFixture(loadingFrom: Self.origin()).client()
        _ = try client.ask("SET", "product:2", "x")
        _ = try client.ask("SET", "other", "x")
        _ = try client.ask("LARDER", "BAN", "NAMESPACE", "products")
        #expect(try client.ask("EXISTS", "product:2", "other") == ":1\r\n")
    }

    @Test func `wrong bans are refused`() throws {
        let client = try ServerFixture(loadingFrom: Self.origin()).client()
        for words in ["NAMESPACE none", "PREFIX product", "KEY a HARD", "SLOT 1"] {
            let reply = try client.ask(
                ["LARDER", "BAN"] + words.split(separator: " ").map(String.init))
            #expect(reply.hasPrefix("-ERR "), "\(words)")
        }
        #expect(try client.ask("LARDER", "BAN").hasPrefix("-ERR wrong number of arguments"))
        #expect(try client.ask("LARDER", "HELP").hasPrefix("*"))
    }

    @Test func `a soft ban lets stale values be served`() throws {
        let origin = Self.origin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.stale = .seconds(600) }
        let client = try fixture.client()
        _ = try client.ask("GET", "product:1")
        origin.set("product:1", "new")
        origin.hold()
        _ = try client.ask("LARDER", "BAN", "KEY", "product:1", "SOFT")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        try fixture.settle { _ in origin.questions.count == 2 }
        origin.release()
        try fixture.settle { _ in (try? client.ask("GET", "product:1")) == "$3\r\nnew\r\n" }
    }

    @Test func `BYPASS asks the origin and keeps nothing`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin).client()
        _ = try client.ask("GET", "product:1")
        origin.set("product:1", "new")
        origin.fail("product:2", .refused)
        #expect(try client.ask("LARDER", "GET", "product:1", "BYPASS") == "$3\r\nnew\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        #expect(try client.ask("LARDER", "GET", "product:3", "BYPASS") == "$-1\r\n")
        #expect(
            try client.ask("LARDER", "GET", "product:2", "BYPASS") == "-ORIGIN catalog refused\r\n")
        #expect(try client.ask("LARDER", "GET", "other", "BYPASS").hasPrefix("-ERR"))
    }

    @Test func `EXPLAIN tells what a GET would do`() throws {
        let client = try ServerFixture(loadingFrom: Self.origin()).client()
        let before = try client.ask("LARDER", "EXPLAIN", "product:1")
        #expect(before.contains("products") && before.contains("loads from the origin"))
        _ = try client.ask("GET", "product:1")
        let fresh = try client.ask("LARDER", "EXPLAIN", "product:1")
        #expect(fresh.contains("answers from memory") && fresh.contains("chairs"))
        _ = try client.ask("GET", "product:2")
        #expect(try client.ask("LARDER", "EXPLAIN", "product:2").contains("without asking"))
        #expect(try client.ask("LARDER", "EXPLAIN", "x").contains("answers null"))
    }

    @Test func `cache: never keeps nothing`() throws {
        let origin = Self.origin()
        let client = try ServerFixture(loadingFrom: origin) { $0.caching = .never }.client()
        for _ in 0..<2 { #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n") }
        #expect(origin.questions.count == 2)
        #expect(try client.ask("SET", "product:1", "x") == "+OK\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
    }
}
