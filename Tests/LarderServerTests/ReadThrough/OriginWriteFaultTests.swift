import LarderAssembly
import LarderCore
import LarderServer
import LarderTesting
import Testing

/// Writes whose origin hangs, fails, or is not to be asked.
@Suite(.onOwnThread) struct OriginWriteFaultTests {
    private static func fixture(
        _ origin: HeldOrigin, timeout: Duration = .seconds(30), deletes: Bool = true
    ) throws -> ServerFixture {
        try ServerFixture(loadingFrom: origin, timeout: timeout) { namespace in
            namespace.write = .through
            if deletes {
                namespace.origin?.delete = try? QueryTemplate(url: "/{id}", captures: ["id"])
            }
        }
    }

    /// Fails when an origin that hangs blocks its lane, or its late answer counts.
    @Test func `a write that hangs ends, and the next one goes`() throws {
        let origin = HeldOrigin()
        let fixture = try Self.fixture(origin, timeout: .milliseconds(500))
        let (first, next, other) = (
            try fixture.client(), try fixture.client(), try fixture.client()
        )
        _ = try first.ask("SET", "product:1", "old")
        origin.hang("product:1=a")
        try first.send(TestClient.request(["SET", "product:1", "a"]))
        try fixture.settle { _ in origin.writes.count == 2 }
        try next.send(TestClient.request(["APPEND", "product:1", "b"]))
        #expect(try other.ask("GET", "product:1") == "$3\r\nold\r\n")
        #expect(String(decoding: try first.reply(), as: UTF8.self) == "-ORIGIN catalog timeout\r\n")
        #expect(String(decoding: try next.reply(), as: UTF8.self) == ":4\r\n")
        #expect(origin.writes == ["product:1=old", "product:1=a", "product:1=oldb"])
        // The key had been dropped: the value that was changed came from the origin.
        #expect(origin.questions == [["product:1"]])
        origin.release()
        #expect(try other.ask("GET", "product:1") == "$4\r\noldb\r\n")
        #expect(try first.ask("PING") == "+PONG\r\n")
    }

    @Test func `what a failed write leaves is loaded again`() throws {
        let origin = HeldOrigin()
        let fixture = try Self.fixture(origin, timeout: .milliseconds(100))
        let client = try fixture.client()
        _ = try client.ask("SET", "product:1", "old")
        origin.hang("-product:1")
        #expect(try client.ask("DEL", "product:1") == "-ORIGIN catalog timeout\r\n")
        #expect(try client.ask("EXISTS", "product:1") == ":0\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        origin.release()
    }

    @Test func `an open breaker refuses writes, and loads past memory`() throws {
        let origin = HeldOrigin()
        let client = try Self.fixture(origin).client()
        #expect(try client.ask("SET", "product:1", "old") == "+OK\r\n")
        origin.answerWrites(
            of: "product:2", with: .unknown(SourceFailure(source: "catalog", cause: .corrupt)))
        var replies: [String] = []
        for _ in 0..<500 where replies.last != "-ORIGIN catalog open\r\n" {
            replies.append(try client.ask("SET", "product:2", "x"))
        }
        #expect(replies.last == "-ORIGIN catalog open\r\n")
        #expect(origin.writes.count == replies.count)
        #expect(try client.ask("SET", "product:1", "new") == "-ORIGIN catalog open\r\n")
        #expect(try client.ask("DEL", "product:1") == "-ORIGIN catalog open\r\n")
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
        #expect(
            try client.ask("LARDER", "GET", "product:1", "BYPASS") == "-ORIGIN catalog open\r\n")
        #expect(origin.writes.count == replies.count)
        #expect(origin.questions.isEmpty)
    }

    @Test func `a load past memory that hangs ends`() throws {
        let origin = HeldOrigin()
        let client = try Self.fixture(origin, timeout: .milliseconds(50)).client()
        _ = try client.ask("SET", "product:1", "old")
        origin.hold()
        #expect(
            try client.ask("LARDER", "GET", "product:1", "BYPASS")
                == "-ORIGIN catalog timeout\r\n")
        origin.release()
        #expect(try client.ask("GET", "product:1") == "$3\r\nold\r\n")
    }

    @Test func `a command ends at the first of its writes that fails`() throws {
        let origin = HeldOrigin()
        let client = try Self.fixture(origin).client()
        origin.answerWrites(
            of: "product:2", with: .refused(SourceFailure(source: "catalog", cause: .refused)))
        #expect(
            try client.ask("MSET", "product:1", "a", "product:2", "b", "product:3", "c")
                == "-ORIGIN catalog refused\r\n")
        #expect(origin.writes == ["product:1=a", "product:2=b"])
        #expect(try client.ask("EXISTS", "product:1", "product:2", "product:3") == ":1\r\n")
    }

    /// Fails when memory takes a value that was banned since the origin took it.
    @Test(arguments: [["KEY", "product:1"], ["NAMESPACE", "products"], ["TAG", "chairs"]])
    func `what is banned during its write is loaded again`(words: [String]) throws {
        let origin = HeldOrigin()
        let fixture = try Self.fixture(origin)
        let (writer, other) = (try fixture.client(), try fixture.client())
        origin.hold()
        try writer.send(TestClient.request(["SET", "product:1", "mine"]))
        try fixture.settle { _ in origin.writes.count == 1 }
        #expect(try other.ask(["LARDER", "BAN"] + words).hasPrefix(":"))
        origin.release()
        #expect(try writer.text(5) == "+OK\r\n")
        origin.set("product:1", "theirs")
        #expect(try other.ask("GET", "product:1") == "$6\r\ntheirs\r\n")
    }
}
