import LarderCore
import Testing

@testable import LarderOrigins

/// What an HTTP origin makes of answers.
@Suite(.serialized) struct HTTPLoadTests {
    private let server: OriginServer

    init() throws { server = try OriginServer() }

    @Test func `a value is loaded, written, and removed`() async throws {
        let origin = try server.origin()
        #expect(await origin.load("/kv/a") == .absent)
        let value = [UInt8](0...255)
        #expect(await origin.write("/kv/a", value) == .applied)
        guard case .loaded(let loaded) = await origin.load("/kv/a") else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded.value == value)
        #expect(loaded.lifetime == LoadedLifetime())
        #expect(await origin.remove("/kv/a") == .applied)
        #expect(await origin.load("/kv/a") == .absent)
        #expect(await origin.remove("/kv/a") == .applied)
    }

    @Test func `an empty value is a value`() async throws {
        let origin = try server.origin()
        #expect(await origin.write("/kv/a", []) == .applied)
        #expect(await origin.text("/kv/a") == "")
        #expect(await origin.text("/size/0") == "")
        #expect(await origin.text("/no-content") == "")
    }

    @Test func `answers are in the order of the keys, and a failure is one key's`() async throws {
        let origin = try server.origin()
        let paths = ["/size/1", "/status/500", "/kv/none", "/size/3", "/truncated"]
        let outcomes = await origin.load(paths.map { Key(Array($0.utf8)) })
        #expect(outcomes.map(\.text) == ["s", nil, nil, "sss", nil])
        #expect(outcomes.map(\.cause) == [nil, .refused, nil, nil, .corrupt])
        #expect(outcomes[2] == .absent)
    }

    @Test(
        arguments: [
            (404, nil, nil), (410, nil, nil), (400, .refused, "HTTP 400"),
            (403, .refused, "HTTP 403"),
            (429, .refused, "HTTP 429"), (500, .refused, "HTTP 500"), (503, .refused, "HTTP 503"),
            (206, .corrupt, "HTTP 206"), (304, .corrupt, "HTTP 304"),
        ] as [(Int, SourceFailure.Cause?, String?)])
    func `only 404 and 410 say that there is none`(
        status: Int, cause: SourceFailure.Cause?, detail: String?
    ) async throws {
        let outcome = await (try server.origin()).load("/status/\(status)")
        if let cause {
            #expect(outcome.cause == cause)
            #expect(outcome.failure?.detail == detail)
        } else {
            #expect(outcome == .absent)
        }
    }

    @Test(arguments: [(400, true), (403, true), (401, false), (429, false), (503, false)])
    func `what the origin refuses for one key says nothing about the others`(
        status: Int, isKeys: Bool
    ) async throws {
        let outcome = await (try server.origin()).load("/status/\(status)")
        #expect(outcome.failure?.isKeys == isKeys)
    }

    @Test func `what did not change is not sent again`() async throws {
        let origin = try server.origin { $0.respectsCacheControl = true }
        let key = Key(Array("/headed?ETag=%22v1%22&Cache-Control=max-age%3D60".utf8))
        guard case .loaded(let loaded) = await origin.load([key])[0] else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded.validator?.tag == Array("\"v1\"".utf8))
        let again = await origin.load([LoadRequest(key, validator: loaded.validator)])
        #expect(again == [.notModified(LoadedLifetime(ttl: .seconds(60)))])
        let other = Validator(tag: Array("\"v0\"".utf8), modified: [])
        #expect(await origin.load([LoadRequest(key, validator: other)])[0].text == "body")
        let dated = Key(Array("/headed?Last-Modified=Mon".utf8))
        let date = Validator(tag: [], modified: Array("Mon".utf8))
        let unchanged = await origin.load([LoadRequest(dated, validator: date)])
        #expect(unchanged == [.notModified(LoadedLifetime())])
    }

    @Test func `a validator cannot bring headers of its own`() async throws {
        let origin = try server.origin()
        let evil = Validator(tag: Array("x\r\nX-Evil: 1".utf8), modified: [])
        let outcome = await origin.load([LoadRequest(Key(Array("/echo".utf8)), validator: evil)])
        let text = try #require(outcome[0].text)
        #expect(text.hasPrefix("GET /echo HTTP/1.1"))
        #expect(!text.contains("evil") && !text.contains("if-none-match"))
    }

    @Test func `tags come from the header`() async throws {
        let origin = try server.origin()
        guard case .loaded(let loaded) = await origin.load("/headed?Surrogate-Key=shoes%20red")
        else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded.tags == [Array("shoes".utf8), Array("red".utf8)])
        let many = (0..<17).map { "t\($0)" }.joined(separator: "%20")
        let outcome = await origin.load("/headed?Surrogate-Key=\(many)")
        #expect(outcome.lifetime?.isCacheable == false)
    }

    @Test func `without being told so Cache-Control means nothing`() async throws {
        let path = "/headed?Cache-Control=no-store"
        #expect(try await server.origin().load(path).lifetime == LoadedLifetime())
        let origin = try server.origin { $0.respectsCacheControl = true }
        #expect(await origin.load(path).lifetime?.isCacheable == false)
    }

    @Test func `gzip is understood, and the value is what was packed`() async throws {
        let origin = try server.origin()
        #expect(await origin.text("/echo")?.contains("accept-encoding: gzip") == true)
        let text = try #require(await origin.text("/zipped/100000"))
        #expect(text.utf8.count == 100_000)
        #expect(text.utf8.allSatisfy { $0 == 0 })
    }

    @Test func `a head that comes before the head does not count`() async throws {
        guard case .loaded(let loaded) = await (try server.origin()).load("/interim") else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(loaded.value == Array("ok".utf8))
        #expect(loaded.validator == nil)
    }

    @Test func `one connection serves one request after the other`() async throws {
        let origin = try server.origin()
        for _ in 0..<20 { #expect(await origin.text("/size/1") == "s") }
        #expect(await origin.text("/counts")?.hasPrefix("connections=1 requests=21") == true)
    }

    @Test func `configured headers are sent, and shown to nobody`() async throws {
        let header = HTTPHeader("Authorization", "Bearer s3cret")
        let origin = try server.origin { $0.headers = [header] }
        #expect(await origin.text("/echo")?.contains("authorization: Bearer s3cret") == true)
        var shown = "\(header) \(String(reflecting: header))"
        dumpText(of: server.configuration, header, to: &shown)
        for path in ["/status/401", "/truncated", "/loop", "/garbage", "no slash"] {
            shown += await origin.load(path).failure?.description ?? "no failure"
        }
        #expect(!shown.contains("s3cret"))
        #expect(!shown.contains("no failure"))
    }

    private func dumpText(
        of configuration: HTTPConfiguration, _ header: HTTPHeader, to text: inout String
    ) {
        var configuration = configuration
        configuration.headers = [header]
        text += String(reflecting: configuration) + "\(configuration)"
        text += Mirror(reflecting: header).children.map { "\($0.value)" }.joined()
    }
}
