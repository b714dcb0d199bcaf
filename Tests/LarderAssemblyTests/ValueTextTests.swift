import Testing

@testable import LarderAssembly

@Suite struct ValueTextTests {
    @Test(arguments: [
        ("0", 0), ("5", 5), ("5b", 5), ("1k", 1000), ("1kb", 1024), ("1KB", 1024),
        ("2m", 2_000_000),
        ("2mb", 2 << 20), ("1g", 1_000_000_000), ("1gb", 1 << 30), ("1t", 1_000_000_000_000),
        ("1tb", 1 << 40), ("1.5gb", 3 << 29), ("0.5kb", 512), ("9223372036854775807", Int.max),
    ])
    func `reads sizes as redis does`(text: String, byteCount: Int) {
        #expect(SizeText.read(text) == byteCount)
    }

    @Test(arguments: [
        "", "b", "mb", "-1", "+1", "1 mb", " 1", "1mb ", "1.mb", ".5mb", "1.2.3mb", "1e3", "0x10",
        "1pb",
        "9223372036854775808", "9000000tb", "1.0000000001gb", "½mb", "١mb", "5 potatoes",
    ])
    func `refuses what is no size`(text: String) {
        #expect(SizeText.read(text) == nil)
    }

    @Test(arguments: [(0, "0b"), (1, "1b"), (1000, "1000b"), (1024, "1kb"), (3 << 29, "1536mb")])
    func `writes sizes exactly`(byteCount: Int, text: String) {
        #expect(SizeText.write(byteCount) == text)
        #expect(SizeText.read(text) == byteCount)
    }

    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("5ns", .nanoseconds(5)), ("5us", .microseconds(5)),
        ("50ms", .milliseconds(50)), ("2.5s", .milliseconds(2500)), ("10m", .seconds(600)),
        ("1h", .seconds(3600)), ("1d", .seconds(86_400)),
        ("1.000000001s", .nanoseconds(1_000_000_001)),
    ])
    func `reads durations`(text: String, duration: Duration) {
        #expect(DurationText.read(text) == duration)
        #expect(DurationText.read(DurationText.write(duration)) == duration)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1 s", "1w", "1.s", "999999999999d", "1mo"])
    func `refuses what is no duration`(text: String) {
        #expect(DurationText.read(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.seconds(300), "5m"), (.milliseconds(2500), "2500ms"),
        (.nanoseconds(1), "1ns"), (.seconds(86_400), "1d"),
    ])
    func `writes durations exactly`(duration: Duration, text: String) {
        #expect(DurationText.write(duration) == text)
    }

    @Test(arguments: [("0%", 0), ("10%", 0.1), ("100%", 1), ("12.5%", 0.125), ("0.000001%", 1e-8)])
    func `reads and writes shares`(text: String, share: Double) {
        #expect(ShareText.read(text) == share)
        #expect(ShareText.write(share) == text)
    }

    @Test(arguments: ["", "%", "10", "101%", "-1%", "1 %", "100.000001%"])
    func `refuses what is no share`(text: String) {
        #expect(ShareText.read(text) == nil)
    }

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

    @Test(arguments: [
        ("memory", "memory", 0), ("memroy", "memory", 1), ("limit", "limmit", 1), ("a", "", 1),
        ("kitten", "sitting", 3), ("", "", 0), ("abc", "cba", 2),
    ])
    func `counts the slips between two words`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }

    @Test func `suggests only what is near`() {
        #expect(Suggestion.nearest(to: "memroy", in: ["log", "memory"]) == "memory")
        #expect(Suggestion.nearest(to: "xyz", in: ["log", "memory"]) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 5000), in: ["a"]) == nil)
    }
}
