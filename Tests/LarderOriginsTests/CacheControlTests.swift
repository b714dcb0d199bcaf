import LarderCore
import Testing

@testable import LarderOrigins

/// Cache-Control as a shared cache reads it.
@Suite struct CacheControlTests {
    private func lifetime(_ lines: [String]) -> LoadedLifetime {
        var head = HTTPHead()
        for line in ["HTTP/1.1 200 OK"] + lines + [""] { head.append(Array("\(line)\r\n".utf8)) }
        return CacheControl.lifetime(of: head)
    }

    @Test(
        arguments: [
            ("max-age=60", 60), ("max-age=60, s-maxage=10", 10), ("s-maxage=10, max-age=60", 10),
            ("MAX-AGE = \"60\"", 60), ("public", nil), ("max-age=x", 0), ("max-age", 0),
            ("max-age=-1", 0), ("max-age=99999999999999999999", 1 << 31), ("no-cache", 0),
            ("no-cache, max-age=60", 0), ("ext=\"max-age=5\", max-age=60", 60), ("", nil),
        ] as [(String, Int?)])
    func `says how long an answer is fresh`(text: String, seconds: Int?) {
        #expect(lifetime(["Cache-Control: \(text)"]).ttl == seconds.map { .seconds($0) })
    }

    @Test(arguments: [
        ("no-store", false), ("private, max-age=60", false), ("max-age=60", true),
        ("private=\"Set-Cookie, X\"", false), ("x-no-store", true),
    ])
    func `says whether it may be kept`(text: String, isCacheable: Bool) {
        #expect(lifetime(["cache-control: \(text)"]).isCacheable == isCacheable)
    }

    @Test func `several headers are one, and age counts`() {
        let parts = ["Cache-Control: max-age=60", "Age: 20", "Cache-Control: stale-if-error=5"]
        let lifetime = lifetime(parts)
        #expect(lifetime.ttl == .seconds(40))
        #expect(lifetime.staleIfError == .seconds(5))
        #expect(self.lifetime(["Cache-Control: max-age=60", "Age: 90"]).ttl == .zero)
    }

    @Test func `stale windows are those of RFC 5861`() {
        let text = "Cache-Control: max-age=600, stale-while-revalidate=30, stale-if-error=1200"
        let allowed = lifetime([text])
        #expect(allowed.stale == .seconds(30))
        #expect(allowed.staleIfError == .seconds(1_200))
        let forbidden = lifetime([text + ", must-revalidate"])
        #expect(forbidden.stale == .zero && forbidden.staleIfError == .zero)
        #expect(lifetime(["Cache-Control: max-age=1"]).stale == nil)
    }

    @Test func `what varies by everything is not kept`() {
        #expect(!lifetime(["Vary: *"]).isCacheable)
        #expect(lifetime(["Vary: Accept-Encoding"]).isCacheable)
    }
}

@Suite struct HTTPBaseTests {
    @Test(arguments: [
        ("http://a", "http://a:80"), ("HTTPS://A.b/v1/", "https://a.b:443"),
        ("http://[::1]:8080/x", "http://[::1]:8080"), ("http://[::1]", "http://[::1]:80"),
    ])
    func `knows the site of an address`(text: String, site: String) throws {
        #expect(try HTTPBase(text).site == site)
    }

    @Test(arguments: [
        "", "a", "ftp://a", "http://", "http://:80", "http://user@a", "http://u:p4ss@a/",
        "http://a?b", "http://a#b", "http://a b", "http://a\\@b", "file:///etc/passwd",
    ])
    func `refuses what is no address, without showing it`(text: String) {
        let error = #expect(throws: OriginConfigurationError.self) { try HTTPBase(text) }
        #expect(error?.description.contains("p4ss") == false)
    }

    @Test func `settings that cannot be are named`() {
        let changes: [(String, (inout HTTPConfiguration) -> Void)] = [
            ("timeout", { $0.timeout = .zero }), ("valueBytesMax", { $0.valueBytesMax = 0 }),
            ("redirectsMax", { $0.redirectsMax = -1 }), ("certificate", { $0.key = "x" }),
            ("headers", { $0.headers = [HTTPHeader("A", "b\r\nC: d")] }),
            ("headers", { $0.headers = [HTTPHeader("A:", "b")] }),
            ("headers", { $0.contentType = "a\nb" }), ("address", { $0.replicas = ["x"] }),
            ("primaryAfterWrite", { $0.primaryAfterWrite = .seconds(-1) }),
        ]
        for (field, change) in changes {
            var configuration = HTTPConfiguration(primary: "http://127.0.0.1")
            change(&configuration)
            let error = #expect(throws: OriginConfigurationError.self) {
                try configuration.validate()
            }
            #expect(error?.field == field)
        }
    }
}
