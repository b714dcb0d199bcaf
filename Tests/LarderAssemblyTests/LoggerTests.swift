import LarderCore
import Synchronization
import Testing

@testable import LarderAssembly

@Suite struct LoggerTests {
    /// Keeps what is written, and says what time it is.
    final class Recorder: Sendable {
        let lines = Guarded<[String]>([])
        let now = Atomic(1_795_163_475_123)

        func logger(_ format: LogFormat = .text, _ level: LogLevel = .info) -> Logger {
            var configuration = LogConfiguration()
            configuration.format = format
            configuration.level = level
            return Logger(
                configuration, now: { self.now.load(ordering: .relaxed) },
                write: { line in
                    self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                }
            )
        }

        func takeLines() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }

        func advance(milliseconds: Int) {
            now.add(milliseconds, ordering: .relaxed)
        }
    }

    let recorder = Recorder()

    @Test func `a line for people`() {
        recorder.logger().info(
            "listening",
            [
                "address": "127.0.0.1:5273", "loops": 2, "ratio": 0.5, "tls": false, "name": "a b",
                "x": "",
            ])
        #expect(
            recorder.takeLines() == [
                "2026-11-20T08:31:15.123Z info    listening address=127.0.0.1:5273 loops=2"
                    + " ratio=0.5 tls=false name=\"a b\" x=\"\"\n"
            ])
    }

    @Test func `a line for machines`() {
        recorder.logger(.json).error(
            "broken",
            ["why": "a \"b\" \\ \n\t\u{1}\u{2028}é😀", "count": -3, "part": .number(.infinity)])
        #expect(
            recorder.takeLines() == [
                "{\"time\":\"2026-11-20T08:31:15.123Z\",\"level\":\"error\",\"message\":\"broken\","
                    + "\"why\":\"a \\\"b\\\" \\\\ \\n\\t\\u0001\\u2028é😀\",\"count\":-3,"
                    + "\"part\":\"inf\"}\n"
            ])
    }

    @Test func `nobody can write a line of his own`() {
        let hostile = "x\n2026 error gotcha\r\u{85}\u{2029}\u{1B}[2J"
        for format in LogFormat.allCases {
            recorder.logger(format).info(hostile, ["key": .text(hostile), "message": "y=z"])
            let line = recorder.takeLines().joined()
            #expect(line.unicodeScalars.count { $0.value < 32 || $0.value == 0x85 } == 1)
            #expect(line.unicodeScalars.allSatisfy { $0.value != 0x2029 })
            #expect(line.hasSuffix("\n"))
        }
    }

    @Test func `fields cannot stand for the message`() {
        recorder.logger(.json).info("m", ["message": "x", "level": "y"])
        #expect(recorder.takeLines()[0].hasSuffix("\"m\",\"message_\":\"x\",\"level_\":\"y\"}\n"))
    }

    @Test func `below the level nothing is written, nor even made`() {
        let made = Guarded(0)
        func message() -> String {
            made.withLock { $0 += 1 }
            return "m"
        }
        let logger = recorder.logger(.text, .warning)
        logger.debug(message(), ["a": "\(message())"])
        logger.info(message())
        #expect(made.withLock { $0 } == 0)
        logger.warning(message())
        logger.level = .debug
        logger.debug(message())
        #expect(made.withLock { $0 } == 2)
        #expect(recorder.takeLines().map { $0.split(separator: " ")[1] } == ["warning", "debug"])
        #expect(logger.level == .debug)
    }

    @Test func `repetition is held back and counted`() {
        let logger = recorder.logger()
        for index in 0..<1000 { logger.warning("slow reader", ["id": .integer(index)]) }
        #expect(recorder.takeLines().count == 10)
        logger.info("else")
        #expect(recorder.takeLines().count == 1)
        recorder.advance(milliseconds: 1000)
        logger.warning("slow reader")
        #expect(
            recorder.takeLines() == [
                "2026-11-20T08:31:16.123Z warning slow reader suppressed=990\n"
            ])
        logger.warning("slow reader")
        #expect(recorder.takeLines() == ["2026-11-20T08:31:16.123Z warning slow reader\n"])
    }

    @Test func `the count is told though the message does not come again`() {
        let logger = recorder.logger(.json)
        for _ in 0..<15 { logger.error("gone") }
        _ = recorder.takeLines()
        recorder.advance(milliseconds: 1500)
        logger.info("else")
        let lines = recorder.takeLines()
        #expect(lines.count == 2)
        #expect(lines[0].contains("\"level\":\"error\",\"message\":\"gone\",\"suppressed\":5}"))
        for _ in 0..<12 { logger.error("gone") }
        _ = recorder.takeLines()
        logger.flush()
        #expect(recorder.takeLines().first?.contains("\"suppressed\":2") == true)
        logger.flush()
        #expect(recorder.takeLines() == [])
    }

    @Test func `a clock that was set back silences nothing`() {
        let logger = recorder.logger()
        for _ in 0..<11 { logger.info("m") }
        recorder.advance(milliseconds: -3_600_000)
        _ = recorder.takeLines()
        logger.info("m")
        #expect(recorder.takeLines().count == 1)
    }

    @Test func `many different messages share one window`() {
        var rate = LogRate()
        var written = 0
        for index in 0..<1000 {
            let message = LogRate.Message(level: .info, text: "\(index)")
            written += rate.admission(of: message, at: 0) == .suppress ? 0 : 1
        }
        #expect(written == LogRate.messageCountMax + LogRate.burst)
        #expect(rate.suppressedCount == 1000 - written)
        let told = rate.overdue(at: nil)
        #expect(told.map(\.suppressed) == [1000 - written])
        #expect(rate.suppressedCount == 0)
        let late = LogRate.Message(level: .info, text: "late")
        #expect(rate.admission(of: late, at: 5000) == .write(suppressed: 0))
    }

    @Test func `lines of many tasks stay whole`() async {
        let logger = recorder.logger(.text, .debug)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<200 {
                        logger.info("m\(task)-\(index / 8)", ["i": .integer(index)])
                    }
                }
            }
        }
        let lines = recorder.takeLines()
        #expect(lines.count == 1600)
        #expect(lines.allSatisfy { $0.hasPrefix("2026-11-20T08:31:15.123Z info    m") })
        #expect(lines.allSatisfy { $0.hasSuffix("\n") })
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (1_798_761_599_000, "2026-12-31T23:59:59.000Z"),
    ])
    func `writes points in time`(milliseconds: Int, text: String) {
        #expect(UTCTime.text(milliseconds: milliseconds) == text)
    }
}
