import LarderAssembly
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        "127.0.0.1:5273", "0.0.0.0:0", "[::1]:65535", "[::]:1", "unix:/run/l.sock", "[fe80::1]:80",
    ])
    func `reads and writes addresses`(text: String) {
        #expect(Endpoint(text)?.description == text)
    }

    @Test(arguments: [
        "", ":", ":5273", "5273", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "256.0.0.1:1", "1.2.3:1", "example.org:1", "::1:5273", "[::1]", "[::1:5",
        "[]:1",
        "[127.0.0.1]:1", "unix:", "*:1", "unix:/" + String(repeating: "a", count: 107),
    ])
    func `refuses what is no address`(text: String) {
        #expect(Endpoint(text) == nil)
    }
}
