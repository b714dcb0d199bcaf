import LarderAssembly
import LarderServer
import LarderTesting
import Testing

/// SIGHUP with other namespaces and origins.
@Suite(.onOwnThread) struct NamespaceReloadTests {
    private let folder: ScratchFolder
    private let script: PageServer

    init() throws {
        folder = try ScratchFolder(["larder.yaml", "larder.yaml.runtime.yaml"])
        script = try PageServer()
    }

    private func write(_ namespaces: [String], origin: String = "limit: 64") {
        let lines = namespaces.map { "  - { \($0) }\n" }.joined()
        let origins = "origins: { web: { http: \"http://127.0.0.1:\(script.port)\", \(origin) } }\n"
        let list = lines.isEmpty ? "namespaces: []\n" : "namespaces:\n" + lines
        folder.write(origins + list, to: "larder.yaml")
    }

    private static func namespace(
        _ name: String, _ path: String = "/echo?{id}", _ more: String = "ttl: 1h"
    ) -> String {
        "match: \"\(name):{id}\", origin: { use: web, get: \"\(path)\" }, wait: 1m, \(more)"
    }

    private func fixture() throws -> ServerFixture {
        let sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:])
        return try ServerFixture(sources: sources)
    }

    private func seconds(_ client: TestClient, _ key: String) throws -> Int {
        try #require(Int(try client.ask("TTL", key).dropFirst().dropLast()))
    }

    @Test func `the first namespaces, other ones, and none again`() throws {
        write([])
        let fixture = try fixture()
        let client = try fixture.client()
        #expect(try client.ask("GET", "a:1") == "$-1\r\n")
        write([Self.namespace("a")])
        fixture.server.reload()
        #expect(try client.ask("GET", "a:1").contains("GET /echo?1 "))
        #expect(try client.ask("GET", "b:1") == "$-1\r\n")
        write([Self.namespace("b")], origin: "limit: 8")
        fixture.server.reload()
        #expect(try client.ask("GET", "b:1").contains("GET /echo?1 "))
        #expect(try client.ask("GET", "a:2") == "$-1\r\n")
        write([])
        fixture.server.reload()
        #expect(try client.ask("GET", "b:2") == "$-1\r\n")
        #expect(try client.ask("GET", "b:1").contains("GET /echo?1 "), "what is there stays")
        #expect(fixture.log.contains { $0.contains("reloaded") && $0.contains("namespaces") })
        #expect(!fixture.log.contains { $0.contains("next start") && $0.contains("namespaces") })
    }

    @Test func `another ttl and query hold for what is loaded from then on`() throws {
        write([Self.namespace("a")])
        let fixture = try fixture()
        let client = try fixture.client()
        _ = try client.ask("GET", "a:1")
        write([Self.namespace("a", "/echo?new={id}", "ttl: 1m")])
        fixture.server.reload()
        #expect(try client.ask("GET", "a:2").contains("GET /echo?new=2 "))
        #expect(try seconds(client, "a:2") <= 60)
        #expect(try seconds(client, "a:1") > 3000)
    }

    /// Fails when entries know their namespace by its place in the file.
    @Test func `entries stay with their namespace when the file has another order`() throws {
        write([Self.namespace("a"), Self.namespace("b")])
        let fixture = try fixture()
        let client = try fixture.client()
        for key in ["a:1", "b:1"] { _ = try client.ask("GET", key) }
        write([Self.namespace("c"), Self.namespace("b"), Self.namespace("a")])
        fixture.server.reload()
        _ = try client.ask("GET", "c:1")
        _ = try client.ask("LARDER", "BAN", "NAMESPACE", "b")
        #expect(try client.ask("EXISTS", "a:1") == ":1\r\n")
        #expect(try client.ask("EXISTS", "b:1") == ":0\r\n")
        #expect(try client.ask("EXISTS", "c:1") == ":1\r\n")
        // One that comes back is the one that it was.
        write([Self.namespace("d"), Self.namespace("b")])
        fixture.server.reload()
        _ = try client.ask("GET", "d:1")
        write([Self.namespace("a"), Self.namespace("d")])
        fixture.server.reload()
        _ = try client.ask("LARDER", "BAN", "NAMESPACE", "a")
        #expect(try client.ask("EXISTS", "a:1") == ":0\r\n")
        #expect(try client.ask("EXISTS", "d:1") == ":1\r\n")
    }

    @Test(arguments: [true, false])
    func `a load under way ends into what it began for`(isRemoved: Bool) throws {
        let gate = Self.namespace("open", "/open/{id}", "cache: never")
        let came = Self.namespace("came", "/await/{id}", "cache: never")
        write([Self.namespace("a", "/wait/{id}"), gate, came])
        let fixture = try fixture()
        let (client, other) = (try fixture.client(), try fixture.client())
        try client.send(TestClient.request(["GET", "a:1"]))
        #expect(try other.ask("GET", "came:1") == "$4\r\ncame\r\n")
        let changed = Self.namespace("a", "/wait/{id}", "ttl: 2h")
        write(isRemoved ? [gate, came] : [gate, came, changed])
        fixture.server.reload()
        #expect(try other.ask("GET", "open:1") == "$4\r\nopen\r\n")
        #expect(try client.reply() == Array("$6\r\nwaited\r\n".utf8))
        #expect(try other.ask("GET", "a:1") == "$6\r\nwaited\r\n")
        let info = try other.ask("INFO", "stats")
        #expect(info.contains("larder_origin_loads:0\r\n"))
    }

    /// On all loops, of which each connection has one.
    @Test func `memcached's clients see it too`() throws {
        write([])
        let fixture = try fixture()
        let clients = try (0..<4).map { _ in try fixture.memcachedClient() }
        write([Self.namespace("a", "/size/0?{id}", "ttl: 1h")], origin: "limit: 8")
        fixture.server.reload()
        for (number, client) in clients.enumerated() {
            try client.send("get a:\(number)\r\n")
            let reply = "VALUE a:\(number) 0 0\r\n\r\nEND\r\n"
            #expect(try client.text(reply.utf8.count) == reply)
        }
    }

    /// Fails when a wrong file takes away what works.
    @Test func `what cannot work is refused, and the old stays`() throws {
        write([Self.namespace("a")])
        let fixture = try fixture()
        let client = try fixture.client()
        write([Self.namespace("b")], origin: "headers: { X-Api-Key: \"env:LARDER_NO_SUCH\" }")
        fixture.server.reload()
        #expect(fixture.log.contains { $0.contains("not reloaded") && $0.contains("X-Api-Key") })
        write([Self.namespace("a"), "match: \"a:{other}\", name: twice"])
        fixture.server.reload()
        #expect(fixture.log.contains { $0.contains("not reloaded") && $0.contains("same keys") })
        #expect(try client.ask("GET", "a:1").contains("GET /echo?1 "))
        #expect(try client.ask("GET", "b:1") == "$-1\r\n")
    }
}
