import LarderAssembly
import LarderCore
import LarderServer
import LarderTesting
import Testing

/// Writes that the origin takes before memory.
@Suite(.onOwnThread) struct OriginWriteTests {
    typealias Backend = ServerConfiguration.InputOutput

    private static func fixture(
        _ origin: HeldOrigin, _ backend: Backend = .auto,
        _ mode: NamespaceConfiguration.WriteMode = .through, deletes: Bool = true
    ) throws -> ServerFixture {
        try ServerFixture(loadingFrom: origin, backend) { namespace in
            namespace.write = mode
            if deletes {
                namespace.origin?.delete = try? QueryTemplate(url: "/{id}", captures: ["id"])
            }
        }
    }

    /// Fails when memory has the value before the origin has, or the reply comes before.
    @Test(arguments: [Backend.libevent, .auto])
    func `nobody sees what the origin has not`(backend: Backend) throws {
        let origin = HeldOrigin()
        let fixture = try Self.fixture(origin, backend)
        let (client, other) = (try fixture.client(), try fixture.client())
        _ = try client.ask("SET", "product:1", "old")
        origin.hold()
        try client.send(TestClient.request(["SET", "product:1", "new"]))
        try client.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.writes.count == 2 }
        #expect(try other.ask("GET", "product:1") == "$3\r\nold\r\n")
        origin.release()
        #expect(try client.text(5 + 9) == "+OK\r\n$3\r\nnew\r\n")
        #expect(try other.ask("GET", "product:1") == "$3\r\nnew\r\n")
        #expect(origin.writes == ["product:1=old", "product:1=new"])
        #expect(origin.questions.isEmpty)
        #expect(try other.ask("INFO", "commandstats").contains("cmdstat_set:calls=2,"))
    }

    /// Fails when a load that began before a write may fill after it.
    @Test(arguments: [NamespaceConfiguration.WriteMode.through, .around])
    func `a load that began before a write fills nothing`(
        mode: NamespaceConfiguration.WriteMode
    ) throws {
        let origin = HeldOrigin()
        origin.set("product:1", "old")
        origin.hold(writes: false)
        let fixture = try Self.fixture(origin, .auto, mode)
        let (reader, writer) = (try fixture.client(), try fixture.client())
        try reader.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.questions.count == 1 }
        #expect(try writer.ask("SET", "product:1", "new") == "+OK\r\n")
        origin.release()
        _ = try reader.reply()
        #expect(try writer.ask("GET", "product:1") == "$3\r\nnew\r\n")
        #expect(try reader.ask("GET", "product:1") == "$3\r\nnew\r\n")
    }

    @Test func `conditions and changes look at the origin's value`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "41")
        let client = try Self.fixture(origin).client()
        #expect(try client.ask("INCR", "product:1") == ":42\r\n")
        #expect(try client.ask("SETNX", "product:1", "x") == ":0\r\n")
        #expect(try client.ask("SET", "product:1", "x", "GET") == "$2\r\n42\r\n")
        #expect(try client.ask("APPEND", "product:1", "y") == ":2\r\n")
        #expect(try client.ask("INCR", "product:1").hasPrefix("-ERR value is not an integer"))
        #expect(try client.ask("MSET", "product:2", "a", "product:3", "b") == "+OK\r\n")
        #expect(try client.ask("DEL", "product:2", "product:9") == ":1\r\n")
        #expect(try client.ask("GETDEL", "product:3") == "$1\r\nb\r\n")
        #expect(try client.ask("GET", "product:3") == "$-1\r\n")
        #expect(
            origin.writes.sorted() == [
                "-product:2", "-product:3", "-product:9", "product:1=42", "product:1=x",
                "product:1=xy", "product:2=a", "product:3=b",
            ])
    }

    /// The lane of a key: one write after the other, none lost.
    @Test func `writers of one key go one after the other`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "0")
        let fixture = try Self.fixture(origin)
        let clients = try (0..<20).map { _ in try fixture.client() }
        for client in clients {
            try client.send(
                Array(repeating: TestClient.request(["INCR", "product:1"]), count: 10)
                    .flatMap { $0 })
        }
        for client in clients { for _ in 0..<10 { _ = try client.reply() } }
        #expect(try clients[0].ask("GET", "product:1") == "$3\r\n200\r\n")
        #expect(origin.writes == (1...200).map { "product:1=\($0)" })
    }

    @Test func `who waits for its turn and goes away writes nothing`() throws {
        let origin = HeldOrigin()
        let fixture = try Self.fixture(origin)
        let (first, last) = (try fixture.client(), try fixture.client())
        origin.hold()
        try first.send(TestClient.request(["SET", "product:1", "1"]))
        try fixture.settle { _ in origin.writes.count == 1 }
        _ = try last.ask("CLIENT", "SETNAME", "gone")
        try last.send(TestClient.request(["SET", "product:1", "2"]))
        let control = try fixture.client()
        try fixture.settle { _ in
            (try? control.ask("CLIENT", "LIST").contains("name=gone")) == true
        }
        let number = try Self.id(of: "gone", control)
        let id = try #require(number)
        _ = try control.ask("CLIENT", "KILL", "ID", id)
        #expect(try last.remainder().isEmpty)
        origin.release()
        #expect(try first.text(5) == "+OK\r\n")
        #expect(try control.ask("SET", "product:1", "3") == "+OK\r\n")
        #expect(origin.writes == ["product:1=1", "product:1=3"])
    }

    private static func id(of name: String, _ control: TestClient) throws -> String? {
        let lines = try control.ask("CLIENT", "LIST").split(whereSeparator: \.isNewline)
        let line = lines.first { $0.contains("name=\(name)") }
        return line?.split(separator: " ").first { $0.hasPrefix("id=") }.map {
            String($0.dropFirst(3))
        }
    }

    @Test func `what the origin refuses changes nothing, what is unknown is dropped`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "old")
        let client = try Self.fixture(origin).client()
        _ = try client.ask("GET", "product:1")
        origin.answerWrites(
            of: "product:1", with: .refused(SourceFailure(source: "catalog", cause: .refused)))
        #expect(try client.ask("SET", "product:1", "new") == "-ORIGIN catalog refused\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":1\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        origin.answerWrites(
            of: "product:1", with: .unknown(SourceFailure(source: "catalog", cause: .timeout)))
        #expect(try client.ask("SET", "product:1", "new") == "-ORIGIN catalog timeout\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
    }

    @Test func `around leaves nothing here`() throws {
        let origin = HeldOrigin()
        let client = try Self.fixture(origin, .auto, .around).client()
        #expect(try client.ask("SET", "product:1", "new") == "+OK\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nnew\r\n")
        #expect(origin.writes == ["product:1=new"])
    }

    @Test func `without a query to delete, a key goes here only`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        let client = try Self.fixture(origin, deletes: false).client()
        _ = try client.ask("GET", "product:1")
        #expect(try client.ask("DEL", "product:1") == ":1\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
        #expect(try client.ask("GET", "product:1") == "$5\r\nchair\r\n")
        #expect(origin.writes.isEmpty)
    }

    /// The time of a written entry is the client's, else the namespace's.
    @Test func `what was written lives as long as what is loaded`() throws {
        let client = try Self.fixture(HeldOrigin()).client()
        _ = try client.ask("SET", "product:1", "a")
        #expect(try client.ask("TTL", "product:1") == ":3600\r\n")
        _ = try client.ask("SET", "product:1", "a", "EX", "10")
        #expect(try client.ask("TTL", "product:1") == ":10\r\n")
    }

    @Test func `a large value is written and answered`() throws {
        let origin = HeldOrigin()
        let client = try Self.fixture(origin).client()
        let large = String(repeating: "v", count: 200_000)
        #expect(try client.ask("SET", "product:1", large) == "+OK\r\n")
        #expect(try client.ask("GETSET", "product:1", "b") == "$200000\r\n\(large)\r\n")
        #expect(origin.writes == ["product:1=\(large)", "product:1=b"])
    }

    @Test func `what cannot be done is refused with a reason`() throws {
        let fixture = try Self.fixture(HeldOrigin())
        let client = try fixture.client()
        #expect(try client.ask("MULTI") == "+OK\r\n")
        #expect(
            try client.ask("SET", "product:1", "x")
                == "-ERR a key whose writes go to its origin is not written inside MULTI\r\n")
        #expect(try client.ask("EXEC").hasPrefix("-EXECABORT"))
        #expect(try client.ask("MSET", "product:1", "x", "y", "z").hasPrefix("-ERR MSET of keys"))
        #expect(try client.ask("RENAME", "product:1", "y").hasPrefix("-ERR RENAME writes no"))
        #expect(try client.ask("SET", "y", "1") == "+OK\r\n")
        let memcached = try fixture.memcachedClient()
        #expect(try memcached.say("ms product:1 1 I C7|x|").hasPrefix("SERVER_ERROR no stale"))
        #expect(try memcached.say("get product:1|") == "END|")
    }

    @Test func `memcached's writes go to the origin too`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "41")
        let client = try Self.fixture(origin).memcachedClient()
        for (request, reply) in [
            ("incr product:1 1|", "42|"), ("add product:1 0 0 1|x|", "NOT_STORED|"),
            ("set product:1 7 0 1|x|", "STORED|"), ("append product:1 0 0 1|y|", "STORED|"),
            ("get product:1|", "VALUE product:1 7 2|xy|END|"), ("ms product:2 1|z|", "HD|"),
            ("delete product:2|", "DELETED|"), ("md product:3|", "NF|"),
            ("set product:4 0 0 1 noreply|q|mg product:4 v|", "VA 1|q|"),
        ] { #expect(try client.say(request) == reply) }
        #expect(
            origin.writes == [
                "product:1=42", "product:1=x", "product:1=xy", "product:2=z", "-product:2",
                "-product:3", "product:4=q",
            ])
        origin.answerWrites(
            of: "product:1", with: .refused(SourceFailure(source: "catalog", cause: .refused)))
        #expect(
            try client.say("set product:1 0 0 1|x|") == "SERVER_ERROR origin catalog refused|")
        #expect(try client.say("stats|").contains("STAT cmd_set 0|") == false)
    }
}
