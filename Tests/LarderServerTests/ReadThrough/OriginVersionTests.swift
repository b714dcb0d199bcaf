import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// memcached's versions, and its words about who writes next, where writes go to an origin.
@Suite(.onOwnThread) struct OriginVersionTests {
    private static func client(
        _ origin: HeldOrigin, _ mode: NamespaceConfiguration.WriteMode = .through
    ) throws -> TestClient {
        try ServerFixture(loadingFrom: origin) { namespace in
            namespace.write = mode
            namespace.origin?.delete = try? QueryTemplate(url: "/{id}", captures: ["id"])
        }.memcachedClient()
    }

    private static func origin() -> HeldOrigin {
        let origin = HeldOrigin()
        origin.set("product:1", "41")
        return origin
    }

    /// The version that `gets` shows.
    private static func version(_ client: TestClient) throws -> UInt64 {
        let line = try client.say("gets product:1|").split(separator: "|").first ?? ""
        let word = try #require(line.split(separator: " ").last)
        return try #require(UInt64(word))
    }

    /// Fails when a version of the scratch store is shown or compared.
    @Test(arguments: [NamespaceConfiguration.WriteMode.through, .around])
    func `cas writes what nobody has changed since`(
        mode: NamespaceConfiguration.WriteMode
    ) throws {
        let origin = Self.origin()
        let client = try Self.client(origin, mode)
        _ = try client.say("set other 0 0 1|x|")
        let first = try Self.version(client)
        #expect(try client.say("cas product:1 0 0 2 \(first + 64)|no|") == "EXISTS|")
        #expect(try client.say("cas product:1 7 0 2 \(first)|42|") == "STORED|")
        #expect(try client.say("cas product:1 0 0 2 \(first)|no|") == "EXISTS|")
        #expect(try client.say("cas product:9 0 0 2 \(first)|no|") == "NOT_FOUND|")
        #expect(origin.writes == ["product:1=42"])
        let second = try Self.version(client)
        #expect(second != first)
        #expect(try client.say("incr product:1 1|") == "43|")
        #expect(try client.say("cas product:1 0 0 2 \(second)|no|") == "EXISTS|")
        #expect(origin.writes == ["product:1=42", "product:1=43"])
    }

    /// The version that a write shows is the entry's when the origin has it.
    @Test func `a version that a write shows is good for the next`() throws {
        let origin = Self.origin()
        let client = try Self.client(origin)
        let first = try Self.version(client)
        func shown(_ reply: String) throws -> String {
            let word = try #require(reply.split(separator: " ").first { $0.hasPrefix("c") })
            return String(word.dropFirst().prefix { $0.isNumber })
        }
        let second = try shown(client.say("ms product:1 2 c C\(first)|50|"))
        #expect(try Self.version(client) == UInt64(second))
        #expect(try client.say("ms product:1 2 C\(first)|no|") == "EX|")
        let third = try shown(client.say("ma product:1 c v C\(second)|"))
        #expect(try client.say("mg product:1 c v|") == "VA 2 c\(third)|51|")
        #expect(try client.say("md product:1 C\(second)|") == "EX|")
        #expect(try client.say("md product:1 C\(third)|") == "HD|")
        #expect(origin.writes == ["product:1=50", "product:1=51", "-product:1"])
        let fourth = try shown(client.say("ms product:1 1 c|x|"))
        #expect(try #require(UInt64(fourth)) > #require(UInt64(third)), "never again the same")
        #expect(try Self.version(client) == UInt64(fourth))
    }

    @Test func `of two that compare with one version, one writes`() throws {
        let origin = Self.origin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.write = .through }
        let clients = try (0..<20).map { _ in try fixture.memcachedClient() }
        let version = try Self.version(clients[0])
        for (index, client) in clients.enumerated() {
            let value = 10 + index
            try client.send("cas product:1 0 0 2 \(version)\r\n\(value)\r\n")
        }
        let replies = try clients.map { String(decoding: try $0.line(), as: UTF8.self) }
        #expect(replies.filter { $0 == "STORED\r\n" }.count == 1)
        #expect(replies.filter { $0 == "EXISTS\r\n" }.count == 19)
        #expect(origin.writes.count == 1)
    }

    /// What mg N, mg R and md I say concerns memory; the value of the one who wins goes to the
    /// origin.
    @Test func `who wins is told as elsewhere, and writes to the origin`() throws {
        let origin = Self.origin()
        let client = try Self.client(origin)
        for (request, reply) in [
            ("mg product:1 v N30|", "VA 2|41|"), ("mg product:3 v N30|", "VA 0 W||"),
            ("mg product:3 v N30|", "VA 0 Z||"), ("ms product:3 1|x|", "HD|"),
            ("mg product:3 v N30|", "VA 1|x|"), ("mg product:1 R9999|", "HD W|"),
            ("mg product:1 R9999|", "HD Z|"), ("md product:1 I|", "HD|"),
            ("mg product:1 v|", "VA 2 X W|41|"), ("mg product:1 v|", "VA 2 Z X|41|"),
            ("ms product:1 2|42|", "HD|"), ("mg product:1 v|", "VA 2|42|"),
        ] { #expect(try client.say(request) == reply, "\(request)") }
        #expect(origin.writes == ["product:3=x", "product:1=42"])
    }
}
