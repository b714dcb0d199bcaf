import LarderCore
import Testing

@testable import LarderOrigins

/// A bad answer is a failure with a reason, never a value and never "there is none".
@Suite(.serialized) struct HTTPFaultTests {
    private let server: OriginServer

    init() throws { server = try OriginServer() }

    @Test(
        arguments: [
            ("/truncated", .corrupt, ""), ("/truncated-chunk", .corrupt, ""),
            ("/truncated-head", .corrupt, "the head broke off"),
            ("/nothing", .unreachable, "Empty reply"),
            ("/garbage", .corrupt, ""), ("/undelimited", .corrupt, "does not say where it ends"),
            ("/endless-length", .corrupt, "does not say where it ends"),
            ("/two-lengths", .corrupt, "does not say where it ends"),
            ("/long-line", .refused, "the head is larger than 65536 bytes"),
            ("/big-head", .refused, "the head is larger than 65536 bytes"),
            ("/loop", .refused, "none is followed"),
        ] as [(String, SourceFailure.Cause, String)])
    func `what is broken is no value`(
        path: String, cause: SourceFailure.Cause, detail: String
    ) async throws {
        let outcome = await (try server.origin()).load(path)
        #expect(outcome.cause == cause, "\(outcome)")
        #expect(outcome.failure?.detail.contains(detail) == true || detail.isEmpty, "\(outcome)")
        #expect(outcome.failure?.source == "pricing")
    }

    @Test func `an answer that ends with its connection is believed if told so`() async throws {
        let origin = try server.origin { $0.acceptsUndelimited = true }
        #expect(await origin.text("/undelimited") == "all of it?")
        #expect(await origin.load("/truncated-head").cause == .corrupt)
    }

    @Test(arguments: ["/size/", "/chunked/", "/zipped/"])
    func `a body may be as long as the limit and not longer`(path: String) async throws {
        let origin = try server.origin { $0.valueBytesMax = 100_000 }
        #expect(await origin.text(path + "100000")?.utf8.count == 100_000)
        let outcome = await origin.load(path + "100001")
        #expect(outcome.cause == .refused)
        #expect(outcome.failure?.detail == "the body is larger than 100000 bytes")
    }

    @Test func `a small body that unpacks to a huge one is stopped on the way`() async throws {
        let origin = try server.origin { $0.valueBytesMax = 1 << 20 }
        #expect(await origin.load("/zipped/300000000").cause == .refused)
    }

    @Test(arguments: ["/hang", "/trickle"])
    func `what does not end is ended`(path: String) async throws {
        let origin = try server.origin { $0.timeout = .milliseconds(200) }
        let outcome = await origin.load(path)
        #expect(outcome.cause == .timeout, "\(outcome)")
        #expect(await origin.write(path, [1]).summary == "unknown timeout")
    }

    @Test func `redirects are followed up to the bound`() async throws {
        let origin = try server.origin { $0.redirectsMax = 3 }
        #expect(await origin.text("/redirect/3") == "end")
        let outcome = await origin.load("/redirect/4")
        #expect(outcome.failure?.detail == "more than 3 redirects")
        #expect(await origin.load("/loop").cause == .refused)
    }

    @Test func `redirects lead to no other place unless told so`() async throws {
        let other = try OriginServer(["--name", "the other"])
        let header = HTTPHeader("Authorization", "Bearer s3cret")
        let strict = try server.origin {
            $0.redirectsMax = 3
            $0.headers = [header]
        }
        let away = "/away?to=" + HTTPPaths.percentEncoded(Array("\(other.address())/name".utf8))
        let detail = await strict.load(away).failure?.detail
        #expect(detail == "a redirect to another host or scheme")
        for place in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:1/x"] {
            let outcome = await strict.load(
                "/away?to=" + HTTPPaths.percentEncoded(Array(place.utf8)))
            #expect(outcome.cause == .refused, "\(place): \(outcome)")
        }
        #expect(try await other.origin().text("/counts")?.hasPrefix("connections=1 ") == true)

        let free = try server.origin {
            $0.redirectsMax = 3
            $0.mayRedirectElsewhere = true
            $0.headers = [header]
        }
        #expect(await free.text(away) == "the other")
        let echo = "/away?to=" + HTTPPaths.percentEncoded(Array("\(other.address())/echo".utf8))
        #expect(await free.text(echo)?.contains("s3cret") == false)
    }

    @Test func `a key cannot leave its place in the address`() async throws {
        let service = try HTTPService(name: "pricing", server.configuration)
        let origin = HTTPOrigin(service, .encoded)
        let keys = ["a/b", "a?b=c", "a#b", "a%2Fb", "a b", "a\r\nX-Evil: 1", "@host", "\0", "ü"]
        for key in keys {
            #expect(await origin.write(key, Array(key.utf8)) == .applied)
        }
        for key in keys { #expect(await origin.text(key) == key) }
        for key in [".", "..", "..;x"] {
            let encoded = await origin.load(key)
            if key == "..;x" { continue }
            #expect(encoded.cause == .refused, "\(key)")
        }
        let binary = Key([0xFF, 0x00, 0xFE])
        let entry = Entry(key: binary, value: [1], created: Tick(nanoseconds: 0))
        #expect(await origin.write([entry]) == [.applied])
        #expect(await origin.load([binary]) == [.loaded(Loaded([1]))])
    }

    @Test func `what is no path is not sent`() async throws {
        let origin = try server.origin()
        let paths = [
            "", "a", "@127.0.0.1/", "/a b", "/a\r\nb", "/../a", "/a/%2e%2E/b", "/a/.", "/a#b",
            "/a\\b", "/ü",
        ]
        for path in paths {
            #expect(await origin.load(path).cause == .refused, "\(path)")
            #expect(await origin.write(path, []).summary == "refused refused", "\(path)")
            #expect(await origin.remove(path).summary == "refused refused", "\(path)")
        }
        #expect(await origin.text("/counts") == "connections=1 requests=1 aborted=0 trickles=0")
    }

    @Test func `a key of 64 KB is too long for an address`() async throws {
        let service = try HTTPService(name: "pricing", server.configuration)
        let long = String(repeating: "k", count: 65_536)
        let outcome = await HTTPOrigin(service, .encoded).load(long)
        #expect(outcome.failure?.detail == "the address is longer than 8192 bytes")
        var configuration = server.configuration
        configuration.addressBytesMax = 1 << 20
        let patient = HTTPOrigin(try HTTPService(name: "pricing", configuration), .encoded)
        #expect(await patient.write(long, [1]) == .applied)
        #expect(await patient.load(long) == .loaded(Loaded([1])))
    }

    @Test func `a body that was packed and cut short is no value`() async throws {
        let outcome = await (try server.origin()).load("/cut-zip")
        #expect(outcome.failure?.detail == "the body broke off")
        let origin = try server.origin()
        #expect(await origin.load("/headed?Content-Encoding=gzip").cause == .corrupt)
        #expect(await origin.load("/headed?Content-Encoding=br").cause == .corrupt)
        #expect(await origin.text("/headed?Content-Encoding=identity") == "body")
    }
}
