import LarderCore
import Testing

@testable import LarderOrigins

/// Who is believed, and HTTP/2.
@Suite(.serialized) struct HTTPTrustTests {
    private let identity: TestIdentity

    init() throws { identity = try TestIdentity.shared() }

    private func origin(
        _ server: OriginServer, believing authorities: String?,
        _ change: (inout HTTPConfiguration) -> Void = { _ in }
    ) throws -> HTTPOrigin {
        try server.origin {
            $0.primary = server.address("https")
            $0.authorities = authorities
            change(&$0)
        }
    }

    @Test func `a server whose authority is believed is`() async throws {
        let server = try OriginServer(identity.arguments("good"))
        let origin = try origin(server, believing: identity.certificate("good"))
        #expect(await origin.text("/size/3") == "sss")
    }

    @Test(arguments: [
        ("stranger", "good"), ("elsewhere", "elsewhere"), ("late", "late"), ("good", nil),
    ])
    func `others are not, and nothing is sent to them`(
        server name: String, believed: String?
    ) async throws {
        let server = try OriginServer(identity.arguments(name))
        let origin = try origin(server, believing: believed.map { identity.certificate($0) })
        let outcome = await origin.load("/size/3")
        #expect(outcome.cause == .unreachable, "\(outcome)")
        #expect(outcome.failure?.detail.contains("SSL") == true, "\(outcome)")
        #expect(await origin.write("/kv/a", [1]).summary == "refused unreachable")
    }

    @Test func `a file of authorities that is missing fails`() async throws {
        let server = try OriginServer(identity.arguments("good"))
        let origin = try origin(server, believing: identity.certificate("good") + ".none")
        #expect(await origin.load("/size/3").cause == .unreachable)
    }

    @Test func `a server that speaks no TLS is not asked in the open`() async throws {
        let server = try OriginServer()
        let origin = try origin(server, believing: nil)
        #expect(await origin.load("/size/3").cause == .unreachable)
        #expect(try await server.origin().text("/counts")?.contains("requests=1 ") == true)
    }

    /// The server answers when 16 requests are open on one connection.
    @Test func `with HTTP 2 requests share a connection`() async throws {
        let server = try OriginServer(["--http2", "16"] + identity.arguments("good"))
        let origin = try origin(server, believing: identity.certificate("good"))
        let keys = (0..<16).map { Key(Array("/a?\($0)".utf8)) }
        let outcomes = await origin.load(keys)
        #expect(outcomes.map(\.text) == Array(repeating: "connections=1", count: 16))
        #expect(await origin.load(keys).map(\.text) == outcomes.map(\.text))
    }
}
