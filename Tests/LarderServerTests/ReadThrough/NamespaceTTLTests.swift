import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// How long lives what clients write without saying it, in a namespace with a TTL.
@Suite(.onOwnThread) struct NamespaceTTLTests {
    /// What TTL says of `page:1`.
    enum Life {
        /// The namespace's hour.
        case hour
        /// The hundred seconds that a client has said.
        case said
        case forever
    }

    private func fixture(noEviction: Bool = false) throws -> ServerFixture {
        var namespace = NamespaceConfiguration(
            name: "pages", match: try KeyPattern(parsing: "page:{id}"))
        namespace.ttl = .seconds(3600)
        return try ServerFixture { [namespace] in
            $0.namespaces = [namespace]
            if noEviction { $0.memory.whenFull = .refuse }
        }
    }

    private func life(_ client: TestClient, _ key: String = "page:1") throws -> Life? {
        switch Int(try client.ask("TTL", key).dropFirst().dropLast()) {
        case .some(3500...3600): .hour
        case .some(90...100): .said
        case -1: .forever
        default: nil
        }
    }

    /// Fails when a command that makes an entry, or replaces one, forgets the namespace; or when
    /// one that keeps an end that was said changes it.
    @Test(arguments: [
        (["SET page:1 a"], Life.hour),
        (["SET page:1 a EX 100"], .said),
        (["SET page:1 a EX 100", "SET page:1 b"], .hour),
        (["SET page:1 a EX 100", "SET page:1 b KEEPTTL"], .said),
        (["SET page:1 a", "PERSIST page:1", "SET page:1 b KEEPTTL"], .forever),
        (["SET page:1 b KEEPTTL"], .hour), (["SET page:1 a NX"], .hour),
        (["SET page:1 a GET"], .hour), (["SETNX page:1 a"], .hour),
        (["SETEX page:1 100 a"], .said), (["GETSET page:1 a"], .hour),
        (["MSET other 1 page:1 a"], .hour), (["MSETNX page:1 a page:2 b"], .hour),
        (["INCR page:1"], .hour), (["INCRBYFLOAT page:1 1.5"], .hour),
        (["SET page:1 1", "PERSIST page:1", "INCR page:1"], .forever),
        (["SET page:1 1 EX 100", "INCRBYFLOAT page:1 1"], .said),
        (["APPEND page:1 a"], .hour), (["SETRANGE page:1 5 a"], .hour),
        (["SET page:1 a", "PERSIST page:1", "APPEND page:1 b"], .forever),
        (["SETBIT page:1 7 1"], .hour), (["BITFIELD page:1 SET u8 0 255"], .hour),
        (["SET other a", "BITOP NOT page:1 other"], .hour),
        (["SET other a", "COPY other page:1"], .forever),
        (["SET other a EX 100", "RENAME other page:1"], .said),
        (["SET page:1 a", "GETEX page:1 PERSIST"], .forever),
        (["MULTI", "SET page:1 a", "EXEC"], .hour),
        (["LARDER SET page:1 a"], .hour), (["LARDER SET page:1 a TAGS t"], .hour),
    ])
    func `a write of redis`(requests: [String], expected: Life) throws {
        let fixture = try fixture()
        let client = try fixture.client()
        for request in requests {
            let reply = try client.ask(request.split(separator: " ").map(String.init))
            #expect(!reply.hasPrefix("-"), "\(request)")
        }
        #expect(try life(client) == expected)
    }

    @Test(arguments: [
        (["set page:1 0 0 1\r\na"], Life.hour), (["set page:1 0 100 1\r\na"], .said),
        (["add page:1 0 0 1\r\na"], .hour),
        (["set page:1 0 100 1\r\na", "replace page:1 0 0 1\r\nb"], .hour),
        (["set page:1 0 100 1\r\na", "append page:1 0 0 1\r\nb"], .said),
        (["set page:1 0 100 1\r\na", "prepend page:1 0 0 1\r\nb"], .said),
        (["set page:1 0 0 1\r\na", "touch page:1 0"], .forever),
        (["set page:1 0 0 1\r\n1", "touch page:1 0", "incr page:1 9"], .forever),
        (["ms page:1 1\r\na"], .hour), (["ms page:1 1 T100\r\na"], .said),
        (["ma page:1 N0"], .hour), (["ma page:1 N100"], .said),
        (["mg page:1 N0"], .hour), (["mg page:1 N100"], .said),
        (
            ["set page:1 0 0 1\r\na", "touch page:1 0", "md page:1 I", "ms page:1 1 I C1\r\nb"],
            .forever
        ),
    ])
    func `a write of memcached`(requests: [String], expected: Life) throws {
        let fixture = try fixture()
        let (client, memcached) = (try fixture.client(), try fixture.memcachedClient())
        for request in requests {
            try memcached.send(Array("\(request)\r\nmn\r\n".utf8))
            var reply: [UInt8] = []
            while !reply.suffix(4).elementsEqual("MN\r\n".utf8) {
                reply += try memcached.bytes(1)
            }
            #expect(!String(decoding: reply, as: UTF8.self).contains("ERROR"), "\(request)")
        }
        #expect(try life(client) == expected)
    }

    @Test func `keys of other databases and outside the namespace live for ever`() throws {
        let fixture = try fixture()
        let client = try fixture.client()
        _ = try client.ask("SET", "other", "a")
        #expect(try life(client, "other") == .forever)
        _ = try client.ask("SELECT", "1")
        _ = try client.ask("SET", "page:1", "a")
        #expect(try life(client) == .forever)
    }

    /// Fails when MSET has memory for entries without an end promised, and stores longer ones.
    @Test func `an MSET that may not evict gives its entries an end`() throws {
        let fixture = try fixture(noEviction: true)
        let client = try fixture.client()
        let pairs = (0..<200).flatMap { ["page:\($0)", String(repeating: "v", count: $0)] }
        #expect(try client.ask(["MSET"] + pairs) == "+OK\r\n")
        for number in 0..<200 {
            #expect(try life(client, "page:\(number)") == .hour)
        }
        try fixture.store.checkInvariants()
    }
}
