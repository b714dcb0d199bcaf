import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderTesting
import Testing

@testable import LarderServer

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

    private static func killWaiting(_ control: TestClient) throws {
        let list = try control.ask("CLIENT", "LIST").split(whereSeparator: \.isNewline)
        let line = try #require(list.first { $0.contains("name=waits") })
        let id = try #require(line.split(separator: " ").first { $0.hasPrefix("id=") })
        #expect(try control.ask("CLIENT", "KILL", "ID", String(id.dropFirst(3))) == ":1\r\n")
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
        try Self.killWaiting(control)
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

    /// Fails when what comes for a client that is gone stays in its inbox.
    @Test(arguments: [
        ["SET", "product:2", "table"], ["LARDER", "GET", "product:2", "BYPASS"],
        ["GET", "product:2"],
    ])
    func `nothing is kept for who is gone`(request: [String]) throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin) { $0.write = .through }
        let post = fixture.server.shared.namespaces.post
        let (client, control) = (try fixture.client(), try fixture.client())
        origin.hold()
        _ = try client.ask("CLIENT", "SETNAME", "waits")
        try client.send(TestClient.request(request))
        try fixture.settle { _ in origin.questions.count + origin.writes.count == 1 }
        #expect(post.placeCount == 1)
        try Self.killWaiting(control)
        try fixture.settle { _ in !Self.isListed(control) }
        origin.release()
        // A write of the key waits for the one before it, and a load joins it.
        #expect(try control.ask("SET", "product:2", "stool") == "+OK\r\n")
        #expect(try control.ask("GET", "product:2") == "$5\r\nstool\r\n")
        try fixture.settle { _ in fixture.server.shared.namespaces.budget.inUse == 0 }
        try fixture.settle { _ in post.placeCount == 0 }
    }
}
