import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Namespaces whose keys go when nobody reads them.
@Suite(.onOwnThread) struct IdleNamespaceTests {
    private func fixture(ttl: Duration? = nil) throws -> ServerFixture {
        var namespace = NamespaceConfiguration(
            name: "sessions", match: try KeyPattern(parsing: "session:{id}"))
        (namespace.idle, namespace.ttl) = (.seconds(3600), ttl)
        return try ServerFixture { [namespace] in $0.namespaces = [namespace] }
    }

    /// When the store would remove the key.
    private func end(_ fixture: ServerFixture, _ key: String) throws -> UInt64 {
        let bytes = Array(key.utf8)
        let now = Moment(MonotonicClock.now())
        let described = unsafe fixture.store.describe(
            bytes.span.bytes, fixture.store.hash(bytes.span.bytes), database: 0, at: now)
        return try #require(described?.end.milliseconds, "\(key) is there")
    }

    /// Makes the end of a key one that the next read has to move.
    private func shorten(_ fixture: ServerFixture, _ key: String) throws -> UInt64 {
        let bytes = Array(key.utf8)
        let past = Moment(milliseconds: Moment(MonotonicClock.now()).milliseconds - 1_000_000)
        unsafe fixture.store.withKey(
            bytes.span.bytes, fixture.store.hash(bytes.span.bytes), database: 0, at: past
        ) { $0.touch() }
        return try end(fixture, key)
    }

    @Test(arguments: [
        ["GET session:1"], ["MGET session:1 other"], ["STRLEN session:1"],
        ["GETRANGE session:1 0 1"], ["APPEND session:1 x"], ["GETEX session:1"],
    ])
    func `each read moves the end`(requests: [String]) throws {
        let fixture = try fixture()
        let client = try fixture.client()
        _ = try client.ask("SET", "session:1", "value")
        #expect(try client.ask("TTL", "session:1") == ":-1\r\n")
        let before = try shorten(fixture, "session:1")
        _ = try client.ask("LARDER", "EXPLAIN", "session:1")
        #expect(try end(fixture, "session:1") == before)
        for request in requests {
            _ = try client.ask(request.split(separator: " ").map(String.init))
        }
        #expect(try end(fixture, "session:1") > before + 900_000)
    }

    @Test(arguments: ["get session:1", "gets session:1", "gat 0 session:1", "mg session:1 v"])
    func `each read of memcached moves the end`(request: String) throws {
        let fixture = try fixture()
        let (client, memcached) = (try fixture.client(), try fixture.memcachedClient())
        _ = try client.ask("SET", "session:1", "value")
        let before = try shorten(fixture, "session:1")
        try memcached.send(Array("\(request)\r\nmn\r\n".utf8))
        var reply: [UInt8] = []
        while !reply.ends(with: Array("MN\r\n".utf8)) { reply += try memcached.bytes(1) }
        #expect(try end(fixture, "session:1") > before + 900_000)
    }

    @Test func `other keys have no end`() throws {
        let fixture = try fixture()
        let client = try fixture.client()
        _ = try client.ask("SET", "other:1", "value")
        #expect(try end(fixture, "other:1") == Moment.never.milliseconds)
    }
}

extension [UInt8] {
    fileprivate func ends(with suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}
