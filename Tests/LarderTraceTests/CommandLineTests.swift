import LarderTrace
import Testing

@testable import LarderCommand

@Suite struct CommandLineTests {
    static let options = [
        CommandOption("--requests", "N", "how many"), CommandOption("--fast", nil, "no waiting"),
    ]

    @Test func `options, flags and the rest are told apart`() throws {
        let words = ["a", "--requests", "5", "--fast", "b", "--", "--c"]
        let arguments = try Arguments(words, options: Self.options)
        #expect(arguments.positionals == ["a", "b", "--c"])
        #expect(try arguments.integer("--requests", in: 1...9) == 5)
        #expect(arguments.has("--fast"))
        #expect(try Arguments(["--requests=7"], options: Self.options).text("--requests") == "7")
    }

    @Test(arguments: [
        (["--request", "5"], "there is no option '--request'; did you mean '--requests'?"),
        (["--colour"], "there is no option '--colour'"),
        (["--requests"], "--requests needs a value: --requests N"),
        (["--fast=1"], "--fast takes no value"),
        (["--fast", "--fast"], "--fast is given twice"),
    ])
    func `a wrong command line is refused with what would be right`(
        words: [String], message: String
    ) {
        let failure = #expect(throws: CommandFailure.self) {
            try Arguments(words, options: Self.options)
        }
        #expect(failure == .usage(message))
    }

    @Test(arguments: ["0", "10", "x", "", "5.5"])
    func `a number outside its range is refused`(text: String) throws {
        let arguments = try Arguments(["--requests", text], options: Self.options)
        let failure = #expect(throws: CommandFailure.self) {
            try arguments.integer("--requests", in: 1...9)
        }
        #expect(
            failure?.message
                == "--requests is '\(text)', but must be a whole number from 1 to 9")
    }

    @Test func `bytes have units and a range`() throws {
        let arguments = try Arguments(["--requests", "4kb"], options: Self.options)
        #expect(try arguments.byteCount("--requests", in: 0...5000) == 4096)
        let small = #expect(throws: CommandFailure.self) {
            try arguments.byteCount("--requests", in: 0...1024)
        }
        #expect(small?.message == "--requests is '4kb', but must be from 0 to 1kb")
        let wrong = try Arguments(["--requests", "4xb"], options: Self.options)
        #expect(throws: CommandFailure.self) {
            try wrong.byteCount("--requests", in: 0...1024)
        }
    }

    static let exitCodes: [(words: [String], code: Int32)] = [
        (["rpelay"], 2), (["help", "replay"], 0), (["--version"], 0), ([], 0),
        (["replay", "--help"], 0), (["trace"], 2), (["trace", "info", "no/such.bin"], 1),
        (["replay", "t.bin"], 2), (["replay", "t.bin", "--to", "host"], 2),
        (["check"], 2), (["check", "a", "b"], 2), (["check", "--strict", "a"], 2),
        (["check", "no/such.yaml"], 1), (["serve", "no/such.yaml"], 1), (["-v"], 0),
    ]

    @Test(arguments: exitCodes)
    func `the exit code tells success, failure and misuse apart`(words: [String], code: Int32) {
        #expect(LarderCommand.run(words) == code)
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1", 80, "127.0.0.1:80"),
        ("[::1]:5273", "::1", 5273, "[::1]:5273"),
        ("cache.local:1", "cache.local", 1, "cache.local:1"),
    ])
    func `an address is a host and a port`(
        text: String, host: String, port: UInt16, shown: String
    ) throws {
        let address = try ReplayAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == shown)
    }

    @Test(arguments: ["", "host", ":80", "host:", "host:0", "host:65536", "host:x"])
    func `other texts are no address`(text: String) {
        #expect(throws: CommandFailure.self) { try ReplayAddress(parsing: text) }
    }

    @Test func `a report is aligned for people and valid for programs`() {
        var report = Report()
        report.add("name", .text("a\"b\\c\n"))
        report.add("hit_ratio", .share(0.8561193))
        report.add("requests", .count(1_234_567))
        report.add("footprint", .bytes(1536))
        report.add("p50_us", .real(12.345, unit: "", digits: 1))
        report.add("alpha", .missing)
        #expect(
            report.rendered(asJSON: true) == """
                {
                  "name": "a\\"b\\\\c\\u000a",
                  "hit_ratio": 0.8561193,
                  "requests": 1234567,
                  "footprint": 1536,
                  "p50_us": 12.345,
                  "alpha": null
                }
                """)
        #expect(
            report.rendered(asJSON: false).split(separator: "\n").dropFirst() == [
                "hit ratio  85.612 %", "requests   1,234,567", "footprint  1.50 KiB (1,536)",
                "p50 us     12.3", "alpha      -",
            ])
    }

    @Test(arguments: [
        (0, 0, "0"), (0.999, 2, "1.00"), (1234.5, 1, "1,234.5"), (-0.04, 1, "0.0"), (-2, 1, "-2.0"),
        (3.05, 3, "3.050"),
    ])
    func `numbers have so many digits`(number: Double, digits: Int, text: String) {
        #expect(NumberText.fixed(number, digits: digits) == text)
    }

    @Test func `progress is a bar on a terminal, else a line each five seconds`() {
        var bar = ProgressText(isTerminal: true)
        let drawn = bar.text(seconds: 10, requests: 5000, hits: 2500, progress: 0.25)
        #expect(
            drawn == "\r\u{1B}[K[######------------------] "
                + "25 %  5,000 requests  0.5 k/s  hits 50.00 %  ETA 0:30")
        var lines = ProgressText(isTerminal: false)
        #expect(lines.text(seconds: 4.9, requests: 1, hits: 0, progress: nil) == nil)
        #expect(
            lines.text(seconds: 5.1, requests: 51, hits: 0, progress: nil)
                == "51 requests  0.0 k/s  hits 0.00 %\n")
        #expect(lines.text(seconds: 9.9, requests: 60, hits: 0, progress: nil) == nil)
    }

    @Test func `the shares of a mixture and its options make its parts`() throws {
        let arguments = try Arguments(
            ["--objects", "10", "--alpha", "0.5"], options: TraceGenerate.options)
        let parts = try TraceGenerate.parts(of: "zipf:7+scan:3", arguments, requests: 100)
        #expect(parts.map(\.weight) == [7, 3])
        #expect(parts.map(\.workload) == [.zipf(objects: 10, alpha: 0.5), .scan])
        for kind in ["zipff", "zipf:0", "zipf:", "", "zipf+"] {
            #expect(throws: CommandFailure.self) {
                try TraceGenerate.parts(of: kind, arguments, requests: 100)
            }
        }
    }
}
