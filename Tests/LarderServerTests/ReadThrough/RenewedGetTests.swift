import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Values that an HTTP origin says have not changed.
@Suite(.onOwnThread) struct RenewedGetTests {
    private static let body = "$4\r\nbody\r\n"

    private func seconds(_ client: TestClient, _ key: String) throws -> Int {
        let reply = try client.ask("TTL", key)
        return try #require(Int(reply.dropFirst().dropLast()))
    }

    @Test(arguments: ["ETag", "Last-Modified"])
    func `a stale value is renewed by a 304`(header: String) throws {
        let script = try PageServer()
        let fixture = try script.fixture("/headed?\(header)={id}") {
            $0.staleIfError = .seconds(3600)
        }
        let client = try fixture.client()
        #expect(try client.ask("GET", "page:1") == Self.body)
        let writes = fixture.store.statistics.writes
        for _ in 0..<3 {
            _ = try client.ask("LARDER", "BAN", "KEY", "page:1", "SOFT")
            #expect(try seconds(client, "page:1") == -2)
            #expect(try client.ask("GET", "page:1") == Self.body)
            #expect(try seconds(client, "page:1") > 3000)
        }
        #expect(try script.count(of: "unchanged", client) == 3)
        #expect(fixture.store.statistics.writes == writes)
        _ = try client.ask("LARDER", "BAN", "KEY", "page:1", "SOFT")
        #expect(try client.ask("MGET", "page:1", "page:1") == "*2\r\n\(Self.body)\(Self.body)")
        let memcached = try fixture.memcachedClient()
        _ = try client.ask("LARDER", "BAN", "KEY", "page:1", "SOFT")
        try memcached.send(Array("get page:1\r\n".utf8))
        let reply = "VALUE page:1 0 4\r\nbody\r\nEND\r\n"
        #expect(try memcached.text(reply.utf8.count) == reply)
        #expect(try script.count(of: "unchanged", client) == 5)
    }

    @Test func `a value that a client has changed is loaded`() throws {
        let script = try PageServer()
        let fixture = try script.fixture("/headed?ETag={id}") {
            $0.staleIfError = .seconds(3600)
            $0.write = .cache
        }
        let client = try fixture.client()
        for _ in 0..<2 {
            #expect(try client.ask("GET", "page:1") == Self.body)
            #expect(try client.ask("SETRANGE", "page:1", "0", "B") == ":4\r\n")
            #expect(try client.ask("GET", "page:1") == "$4\r\nBody\r\n")
            _ = try client.ask("LARDER", "BAN", "KEY", "page:1", "SOFT")
        }
        #expect(try client.ask("GET", "page:1") == Self.body)
        #expect(try script.count(of: "unchanged", client) == 0)
    }

    @Test func `what is always to be asked about is asked about, and served`() throws {
        let script = try PageServer()
        // Never fresh: each GET waits for the origin's word.
        let path = "/headed?ETag={id}&Cache-Control=max-age%3D0"
        let fixture = try script.fixture(path) {
            $0.staleIfError = .seconds(3600)
            $0.origin?.cacheControl = .follow
        }
        let client = try fixture.client()
        for _ in 0..<4 { #expect(try client.ask("GET", "page:1") == Self.body) }
        #expect(try client.ask("MGET", "page:1", "page:1") == "*2\r\n\(Self.body)\(Self.body)")
        #expect(try script.count(of: "unchanged", client) == 4)
    }

    @Test func `a value that is still fresh is renewed early`() throws {
        let script = try PageServer()
        let fixture = try script.fixture("/headed?ETag={id}") {
            $0.refreshAt = Ratio(millionths: 0)
        }
        let client = try fixture.client()
        #expect(try client.ask("GET", "page:1") == Self.body)
        #expect(try client.ask("GET", "page:1") == Self.body)
        try fixture.settle { _ in (try? script.count(of: "unchanged", client)) ?? 0 > 0 }
        #expect(try client.ask("GET", "page:1") == Self.body)
    }
}
