import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// The loads that all origins may have under way together.
@Suite(.onOwnThread) struct OriginBudgetTests {
    private static func origin(_ name: String) -> NamespaceOrigin {
        guard let query = try? QueryTemplate(url: "/{id}", captures: ["id"]) else {
            preconditionFailure("The test's query is one.")
        }
        return NamespaceOrigin(use: name, get: query)
    }

    /// Two origins, for keys `a:{id}` and `b:{id}`.
    private func fixture(_ first: HeldOrigin, _ second: HeldOrigin) throws -> ServerFixture {
        var bindings: [String: [OriginSet.Binding]] = [:]
        for (number, origin) in [first, second].enumerated() {
            bindings[["a", "b"][number]] = [
                OriginSet.Binding(namespace: number, origin: origin, batchMax: 1)
            ]
        }
        return try ServerFixture(origins: OriginSet(bindings: bindings)) { configuration in
            configuration.server.originLoads = 4
            for name in ["a", "b"] {
                var namespace = NamespaceConfiguration(
                    name: name, match: (try? KeyPattern(parsing: "\(name):{id}")) ?? Self.none)
                namespace.origin = Self.origin(name)
                (namespace.ttl, namespace.wait) = (.seconds(3600), .seconds(60))
                configuration.namespaces.append(namespace)
                configuration.origins.append(
                    OriginConfiguration(name: name, source: .http(url: "http://127.0.0.1")))
            }
        }
    }

    private static var none: KeyPattern { preconditionFailure("The test's pattern is one.") }

    private func reads(_ name: String) -> [UInt8] {
        (0..<10).flatMap { TestClient.request(["GET", "\(name):\($0)"]) }
    }

    /// Fails when a source loads without asking the others, or takes their last places.
    @Test func `a slow origin leaves places for the others`() throws {
        let (slow, quick) = (HeldOrigin(), HeldOrigin())
        let fixture = try fixture(slow, quick)
        slow.hold()
        let (first, second, control) =
            (try fixture.client(), try fixture.client(), try fixture.client())
        try first.send(reads("a"))
        // Three of four: one is the other origin's own.
        try fixture.settle { _ in slow.questions.count == 3 }
        try second.send(reads("b"))
        for _ in 0..<10 { #expect(try second.reply() == Array("$-1\r\n".utf8)) }
        #expect(quick.questions.count == 10)
        #expect(slow.questions.count == 3)
        let info = try control.ask("INFO", "stats")
        #expect(info.contains("larder_origin_loads:3\r\n"))
        #expect(info.contains("larder_loads_started:20\r\n"))
        #expect(!info.contains("larder_origin_loads_held_back:0\r\n"))
        slow.release()
        for _ in 0..<10 { #expect(try first.reply() == Array("$-1\r\n".utf8)) }
        try fixture.settle { _ in
            (try? control.ask("INFO", "stats").contains("larder_origin_loads:0\r\n")) == true
        }
    }

    @Test func `a budget has a place for each origin`() {
        var configuration = Configuration()
        configuration.server.originLoads = 1
        configuration.origins = ["a", "b"].map {
            OriginConfiguration(name: $0, source: .sqlite(path: $0))
        }
        #expect(configuration.violations().map(\.field) == ["server.origin-loads"])
        configuration.server.originLoads = 2
        #expect(configuration.violations().isEmpty)
    }

    @Test func `without namespaces INFO says nothing of origins`() throws {
        let client = try ServerFixture().client()
        #expect(!(try client.ask("INFO", "stats").contains("larder_origin")))
    }
}
