import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// GET of keys that come from an origin.
@Suite(.onOwnThread) struct LoadedGetTests {
    typealias Backend = ServerConfiguration.InputOutput

    static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

    @Test(arguments: [Backend.libevent, .auto])
    func `a missing key is loaded once`(backend: Backend) throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        let client = try ServerFixture(loadingFrom: origin, backend).client()
        for _ in 0..<3 { #expect(try client.ask("GET", "product:1") == "$5\r\nchair\r\n") }
        #expect(try client.ask("GET", "other:1") == "$-1\r\n")
        #expect(origin.questions == [["product:1"]])
    }

    @Test func `what the origin has not is null, and asked once`() throws {
        let origin = HeldOrigin()
        let client = try ServerFixture(loadingFrom: origin).client()
        #expect(try client.ask("GET", "product:1") == "$-1\r\n")
        _ = try client.ask("HELLO", "3")
        #expect(try client.ask("GET", "product:1") == "_\r\n")
        #expect(origin.questions.count == 1)
    }

    @Test func `a failure is no null`() throws {
        let origin = HeldOrigin()
        origin.fail("product:1", .unreachable)
        origin.fail("product:2", .refused)
        let client = try ServerFixture(loadingFrom: origin).client()
        #expect(try client.ask("GET", "product:1") == "-ORIGIN catalog unreachable\r\n")
        #expect(try client.ask("GET", "product:2") == "-ORIGIN catalog refused\r\n")
        let statistics = try client.ask("INFO", "errorstats")
        #expect(statistics.contains("errorstat_ORIGIN:count=2\r\n"))
    }

    @Test func `who has waited too long hears of it, and the load goes on`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.wait = .milliseconds(20) }
        let client = try fixture.client()
        #expect(try client.ask("GET", "product:1") == "-ORIGIN catalog timeout\r\n")
        origin.release()
        try fixture.settle { _ in (try? client.ask("GET", "product:1")) == "$5\r\nchair\r\n" }
        #expect(origin.questions.count == 1)
    }

    /// Fails when a waiting command is passed by those behind it, or when a command that has waited
    /// is counted for each time that it was run.
    @Test(arguments: [Backend.libevent, .auto])
    func `what follows a waiting GET waits, and replies are in order`(backend: Backend) throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin, backend)
        let (client, other) = (try fixture.client(), try fixture.client())
        let requests = [["PING"], ["GET", "product:1"], ["SET", "x", "1"], ["GET", "x"]]
        try client.send(requests.flatMap(TestClient.request))
        #expect(try client.text(7) == "+PONG\r\n")
        try fixture.settle { _ in origin.questions.count == 1 }
        #expect(try other.ask("GET", "x") == "$-1\r\n")
        origin.release()
        #expect(try client.text(11 + 5 + 7) == "$5\r\nchair\r\n+OK\r\n$1\r\n1\r\n")
        let counts = try other.ask("INFO", "commandstats")
        #expect(counts.contains("cmdstat_get:calls=3,"))
    }

    /// The origin that can be asked for many keys is asked once for a pipeline.
    @Test func `a pipeline of misses is one question`() throws {
        let origin = HeldOrigin()
        for number in 1...5 { origin.set("product:\(number)", "\(number)") }
        let client = try ServerFixture(loadingFrom: origin, batchMax: 128).client()
        let reads = (1...5).map { ["GET", "product:\($0)"] }
        let requests = reads + [["SET", "product:6", "x"], ["GET", "product:7"]]
        try client.send(requests.flatMap(TestClient.request))
        let replies = "$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n+OK\r\n$-1\r\n"
        #expect(try client.text(replies.utf8.count) == replies)
        #expect(origin.questions == [(1...5).map { "product:\($0)" }, ["product:7"]])
    }

    @Test func `in a pipeline each key has its own failure`() throws {
        let origin = HeldOrigin()
        origin.fail("product:1", .refused)
        origin.fail("product:2", .corrupt)
        let client = try ServerFixture(loadingFrom: origin, batchMax: 128).client()
        try client.send(
            ["GET product:1", "GET product:2"].flatMap {
                TestClient.request($0.split(separator: " ").map(String.init))
            })
        #expect(try client.reply() == Array("-ORIGIN catalog refused\r\n".utf8))
        #expect(try client.reply() == Array("-ORIGIN catalog corrupt\r\n".utf8))
    }

    /// More than a loop's output takes at once.
    @Test(arguments: [Backend.libevent, .auto])
    func `a long pipeline behind a waiting GET is answered`(backend: Backend) throws {
        let origin = HeldOrigin()
        let value = String(repeating: "v", count: 10_000)
        origin.set("product:1", value)
        let client = try ServerFixture(loadingFrom: origin, backend).client()
        let request = TestClient.request(["GET", "product:1"])
        try client.send(Array(repeating: request, count: 300).flatMap { $0 })
        for _ in 0..<300 { #expect(try client.reply().count == 10_000 + 10) }
        #expect(origin.questions.count == 1)
    }

    @Test func `two thousand clients cause one load`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.wait = .seconds(30) }
        let clients = try (0..<2000).map { _ in try fixture.client() }
        for client in clients { try client.send(TestClient.request(["GET", "product:1"])) }
        // Each has been read when one that came later has.
        let control = try fixture.client()
        try fixture.settle { _ in
            (try? control.ask("CLIENT", "LIST").components(of: "cmd=get")) == 2000
        }
        origin.release()
        for client in clients { #expect(try client.text(11) == "$5\r\nchair\r\n") }
        #expect(origin.questions == [["product:1"]])
        #expect(try control.ask("INFO", "commandstats").contains("cmdstat_get:calls=2000,"))
    }

    /// A reader after an acknowledged delete must not have what was read before it.
    @Test func `who reads after a delete has a load of its own`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "old")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin)
        let (early, late) = (try fixture.client(), try fixture.client())
        try early.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.questions.count == 1 }
        origin.set("product:1", "new")
        #expect(try late.ask("DEL", "product:1") == ":0\r\n")
        try late.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.questions.count == 2 }
        origin.release()
        // Either is right for this one: it was there before the delete, and still is.
        _ = try early.reply()
        #expect(try late.text(9) == "$3\r\nnew\r\n")
        #expect(try late.ask("GET", "product:1") == "$3\r\nnew\r\n")
        #expect(origin.questions.count == 2)
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
