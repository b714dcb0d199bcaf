import LarderAssembly
import LarderTesting
import Testing

/// Loaded entries that come to another key or database than the one that they were loaded for.
@Suite(.onOwnThread) struct TransferredEntryTests {
    private func client(_ origin: HeldOrigin) throws -> TestClient {
        origin.set("product:1", "chair")
        let client = try ServerFixture(loadingFrom: origin) {
            ($0.stale, $0.staleIfError) = (.seconds(3600), .seconds(7200))
        }.client()
        #expect(try client.ask("GET", "product:1") == "$5\r\nchair\r\n")
        return client
    }

    /// Fails when a key that nobody can load is served beyond its time, or as another namespace's.
    @Test(arguments: ["COPY", "RENAME"])
    func `a key outside of the namespace has no stale window`(command: String) throws {
        let origin = HeldOrigin()
        let client = try client(origin)
        #expect(try !client.ask(command, "product:1", "plain:1").hasPrefix("-"))
        #expect(try client.ask("GET", "plain:1") == "$5\r\nchair\r\n")
        _ = try client.ask("LARDER", "BAN", "PREFIX", "plain:*", "SOFT")
        #expect(try client.ask("GET", "plain:1") == "$-1\r\n")
        #expect(origin.questions == [["product:1"]])
    }

    @Test func `a key of the same namespace keeps its window, and is loaded for itself`() throws {
        let origin = HeldOrigin()
        let client = try client(origin)
        origin.set("product:2", "table")
        _ = try client.ask("COPY", "product:1", "product:2")
        _ = try client.ask("LARDER", "BAN", "KEY", "product:2", "SOFT")
        #expect(try client.ask("GET", "product:2") == "$5\r\nchair\r\n")
        while try client.ask("GET", "product:2") != "$5\r\ntable\r\n" {}
        #expect(origin.questions == [["product:1"], ["product:2"]])
    }

    /// Fails when a stale entry is served in a database that has no namespaces, or loaded for it.
    @Test(arguments: ["MOVE product:1 1", "SWAPDB 0 1", "COPY product:1 product:1 DB 1"])
    func `another database has no stale window`(request: String) throws {
        let origin = HeldOrigin()
        let client = try client(origin)
        #expect(
            try !client.ask(request.split(separator: " ").map(String.init)).hasPrefix("-"))
        _ = try client.ask("SELECT", "1")
        #expect(try client.ask("GET", "product:1") == "$5\r\nchair\r\n")
        _ = try client.ask("PEXPIRE", "product:1", "1")
        while try client.ask("EXISTS", "product:1") != ":0\r\n" {}
        #expect(try client.ask("GET", "product:1") == "$-1\r\n")
        #expect(origin.questions == [["product:1"]])
    }
}
