import LarderCore
import Testing

@testable import LarderOrigins

/// A write is applied, surely not applied, or unknown; never called refused when it may have been.
@Suite(.serialized) struct HTTPWriteTests {
    private let server: OriginServer

    init() throws { server = try OriginServer() }

    @Test(arguments: [
        (200, "applied"), (204, "applied"), (302, "refused refused"), (400, "refused refused"),
        (404, "refused refused"), (409, "refused refused"), (500, "unknown refused"),
        (502, "unknown refused"),
    ])
    func `a status says what became of it`(status: Int, summary: String) async throws {
        let origin = try server.origin { $0.redirectsMax = 5 }
        #expect(await origin.write("/status/\(status)", [1]).summary == summary)
    }

    @Test func `what may have arrived is unknown`() async throws {
        let origin = try server.origin()
        #expect(await origin.write("/nothing", [1]).summary == "unknown unreachable")
        #expect(await origin.remove("/nothing").summary == "unknown unreachable")
        #expect(await origin.write("/truncated-head", [1]).summary == "unknown corrupt")
    }

    @Test func `what cannot have arrived is refused`() async throws {
        let origin = try server.origin()
        server.kill()
        #expect(await origin.write("/kv/a", [1]).summary == "refused unreachable")
    }

    @Test func `without a path it is refused`() async throws {
        let service = try HTTPService(name: "pricing", server.configuration)
        let origin = HTTPOrigin(service, HTTPPaths(get: { _ throws(KeyRefusal) in "/size/1" }))
        #expect(await origin.text("x") == "s")
        #expect(await origin.write("x", [1]).summary == "refused refused")
        #expect(await origin.remove("x").summary == "refused refused")
    }

    @Test func `a large value is written and read`() async throws {
        let origin = try server.origin()
        let value = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(await origin.write("/kv/large", value) == .applied)
        #expect(await origin.load("/kv/large") == .loaded(Loaded(value)))
    }
}
