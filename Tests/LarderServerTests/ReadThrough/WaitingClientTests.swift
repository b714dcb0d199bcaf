import LarderAssembly
import LarderCore
import LarderServer
import LarderTesting
import Testing

/// What else may happen to a client that waits for a load.
@Suite(.onOwnThread) struct WaitingClientTests {
    typealias Backend = ServerConfiguration.InputOutput

    private static func waiting(
        _ backend: Backend
    ) throws -> (HeldOrigin, ServerFixture, TestClient) {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin, backend)
        let client = try fixture.client()
        _ = try client.ask("CLIENT", "SETNAME", "waits")
        try client.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.questions.count == 1 }
        return (origin, fixture, client)
    }

    private static func isListed(_ control: TestClient) -> Bool {
        (try? control.ask("CLIENT", "LIST").contains("name=waits")) ?? false
    }

    @Test(arguments: [Backend.libevent, .auto])
    func `who closes is let go, and the load is for others`(backend: Backend) throws {
        let (origin, fixture, _) = try Self.waiting(backend)
        let other = try fixture.client()
        origin.release()
        #expect(try other.ask("GET", "product:1") == "$5\r\nchair\r\n")
        try fixture.settle { _ in !Self.isListed(other) }
        #expect(origin.questions.count == 1)
    }

    @Test(arguments: [Backend.libevent, .auto])
    func `who is killed is gone before the load ends`(backend: Backend) throws {
        let (origin, fixture, client) = try Self.waiting(backend)
        defer { origin.release() }
        let control = try fixture.client()
        let list = try control.ask("CLIENT", "LIST").split(whereSeparator: \.isNewline)
        let line = try #require(list.first { $0.contains("name=waits") })
        let id = try #require(line.split(separator: " ").first { $0.hasPrefix("id=") })
        #expect(try control.ask("CLIENT", "KILL", "ID", String(id.dropFirst(3))) == ":1\r\n")
        #expect(try client.remainder().isEmpty)
        try fixture.settle { _ in !Self.isListed(control) }
    }

    @Test(arguments: [Backend.libevent, .auto])
    func `what has come during a pause is told behind it`(backend: Backend) throws {
        let (origin, fixture, client) = try Self.waiting(backend)
        let control = try fixture.client()
        let pause = Duration.milliseconds(200)
        let begin = ContinuousClock.now
        _ = try control.ask("CLIENT", "PAUSE", "200", "ALL")
        origin.release()
        #expect(try client.text(11) == "$5\r\nchair\r\n")
        #expect(ContinuousClock.now - begin >= pause)
    }

    @Test func `the end of the server does not wait for a load for ever`() throws {
        let (origin, fixture, client) = try Self.waiting(.auto)
        defer { origin.release() }
        fixture.server.stop(drain: .milliseconds(1))
        #expect(try client.remainder().isEmpty)
    }

    @Test func `a reply that was not wanted is not sent after the wait`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        let client = try ServerFixture(loadingFrom: origin).client()
        let requests = [["CLIENT", "REPLY", "SKIP"], ["GET", "product:1"], ["PING"]]
        try client.send(requests.flatMap(TestClient.request))
        #expect(try client.text(7) == "+PONG\r\n")
        #expect(origin.questions.count == 1)
    }
}
