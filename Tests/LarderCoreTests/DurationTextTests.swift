import LarderCore
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("2.5s", Duration.milliseconds(2500)), ("10ms", .milliseconds(10)),
            ("1h", .seconds(3600)), ("1d", .seconds(86_400)), ("0s", .zero), ("90s", .seconds(90)),
            ("100us", .microseconds(100)), ("7ns", .nanoseconds(7)), ("2H", .seconds(7200)),
            ("0.5m", .seconds(30)), ("0.000000001s", .nanoseconds(1)),
        ])
    func `reads numbers with a unit`(text: String, duration: Duration) throws {
        #expect(try Duration(parsing: text) == duration)
    }

    @Test(
        arguments: [
            (Duration.milliseconds(2500), "2.5s"), (.milliseconds(10), "10ms"),
            (.seconds(3600), "1h"), (.seconds(86_400), "1d"), (.zero, "0s"), (.seconds(90), "90s"),
            (.seconds(60), "1m"), (.microseconds(1500), "1.5ms"), (.nanoseconds(1001), "1001ns"),
            (.seconds(129_600), "36h"), (.seconds(-2), "-2s"),
        ])
    func `writes the shortest exact form`(duration: Duration, text: String) {
        #expect(duration.text == text)
    }

    @Test func `every text is read back as the same duration`() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<2000 {
            let nanoseconds = Int.random(in: 0...Int.max, using: &random) >> Int.random(in: 0..<63)
            let duration = Duration.nanoseconds(nanoseconds)
            #expect(try Duration(parsing: duration.text) == duration)
        }
    }

    @Test(
        arguments: [
            ("5", 1, "A unit is missing (ns, us, ms, s, m, h, d)"),
            ("5sec", 1, "'sec' is no unit of time (ns, us, ms, s, m, h, d)"),
            ("s", 0, "A digit is missing"), ("-5s", 0, "A digit is missing"),
            ("0.5ns", 0, "The duration is not a whole number of nanoseconds"),
            ("200000d", 0, "The number is too large"),
        ])
    func `says where the text is wrong and what would be right`(
        text: String, position: Int, cause: String
    ) {
        let error = #expect(throws: TextFormError.self) { try Duration(parsing: text) }
        #expect(error == TextFormError(position: position, cause: cause, example: "2.5s"))
    }
}
