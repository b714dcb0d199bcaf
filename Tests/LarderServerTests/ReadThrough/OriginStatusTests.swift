import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// What INFO says of origins.
@Suite(.onOwnThread) struct OriginStatusTests {
    private static func line(_ client: TestClient) throws -> String {
        let text = try client.ask("INFO", "origins")
        return try #require(
            text.split(whereSeparator: \.isNewline).map(String.init)
                .first { $0.hasPrefix("larder_origin_catalog:") })
    }

    @Test func `who waits is shown while they wait, and counted afterwards`() throws {
        let origin = HeldOrigin()
        origin.set("product:1", "chair")
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin)
        let (client, control) = (try fixture.client(), try fixture.client())
        try client.send(TestClient.request(["GET", "product:1"]))
        try fixture.settle { _ in origin.questions.count == 1 }
        let waiting = try Self.line(control)
        #expect(waiting.contains(":breaker=closed,loads=1,waiters=1,"))
        #expect(waiting.contains(",in_flight=1,"))
        origin.release()
        #expect(try client.text(11) == "$5\r\nchair\r\n")
        let after = try Self.line(control)
        #expect(after.contains(":breaker=closed,loads=0,waiters=0,"))
        #expect(after.contains(",started=1,joined=0,waited=1,asked=1,"))
    }

    @Test func `an origin that fails is shown to be open`() throws {
        let origin = HeldOrigin()
        let client = try ServerFixture(loadingFrom: origin).client()
        for number in 0..<30 {
            origin.fail("product:\(number)", .refused)
            _ = try client.ask("GET", "product:\(number)")
        }
        let line = try Self.line(client)
        #expect(line.contains(":breaker=open,"))
        #expect(!line.contains(",breaker_refused=0"))
    }

    @Test func `why an origin failed stands in the log`() throws {
        let origin = HeldOrigin()
        let fixture = try ServerFixture(loadingFrom: origin)
        origin.fail("product:1", .unreachable)
        _ = try fixture.client().ask("LARDER", "GET", "product:1", "BYPASS")
        #expect(
            fixture.log.contains {
                $0.contains("warning an origin failed to load")
                    && $0.contains("origin=catalog cause=unreachable")
            })
    }

    @Test func `without origins there is no such section`() throws {
        let text = try ServerFixture().client().ask("INFO", "all")
        #expect(!text.contains("Origins"))
    }
}
