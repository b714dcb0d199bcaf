import LarderAssembly
import LarderServer
import LarderTesting
import Testing

/// Clients that wait for the end of CLIENT PAUSE.
@Suite(.onOwnThread) struct PostponedClientTests {
    typealias Backend = ServerConfiguration.InputOutput

    private static func fixture(_ backend: Backend) throws -> ServerFixture {
        try ServerFixture { $0.server.io = backend }
    }

    /// A client whose SET waits, with one byte more behind it than was read.
    private func postponed(_ fixture: ServerFixture, _ control: TestClient) throws -> TestClient {
        let client = try fixture.client()
        _ = try client.ask("CLIENT", "SETNAME", "waits")
        _ = try control.ask("CLIENT", "PAUSE", "600000", "WRITE")
        try client.send(TestClient.request(["SET", "k", "1"]))
        for _ in 0..<20_000 where try !Self.list(control).contains("flags=b") {}
        let list = try Self.list(control)
        #expect(list.contains("flags=b"))
        try client.send(TestClient.request(["SET", "k", "2"]))
        return client
    }

    private static func list(_ client: TestClient) throws -> String {
        try client.ask("CLIENT", "LIST")
    }

    @Test(arguments: [Backend.libevent, .auto])
    func `who closes is noticed, and what it sent is not run`(backend: Backend) throws {
        let fixture = try Self.fixture(backend)
        let control = try fixture.client()
        _ = try postponed(fixture, control)
        for _ in 0..<20_000 where try Self.list(control).contains("name=waits") {}
        let list = try Self.list(control)
        #expect(!list.contains("name=waits"))
        _ = try control.ask("CLIENT", "UNPAUSE")
        #expect(try control.ask("GET", "k") == "$-1\r\n")
    }

    @Test(arguments: [Backend.libevent, .auto])
    func `who stays goes on, also in a second pause`(backend: Backend) throws {
        let fixture = try Self.fixture(backend)
        let control = try fixture.client()
        let client = try postponed(fixture, control)
        for value in ["2", "4"] {
            _ = try control.ask("CLIENT", "UNPAUSE")
            #expect(try client.text(10) == "+OK\r\n+OK\r\n")
            #expect(try control.ask("GET", "k") == "$1\r\n\(value)\r\n")
            _ = try control.ask("CLIENT", "PAUSE", "600000", "WRITE")
            try client.send(TestClient.request(["SET", "k", "3"]))
            for _ in 0..<20_000 where try !Self.list(control).contains("flags=b") {}
            try client.send(TestClient.request(["SET", "k", "4"]))
        }
    }

    /// Fails when the end waits for the pause, or for the time that draining may take.
    @Test(arguments: [Backend.libevent, .auto])
    func `the end of the server does not wait for a pause`(backend: Backend) throws {
        let fixture = try Self.fixture(backend)
        let control = try fixture.client()
        let client = try postponed(fixture, control)
        fixture.server.stop(drain: .seconds(600))
        #expect(try client.remainder().isEmpty)
    }
}
