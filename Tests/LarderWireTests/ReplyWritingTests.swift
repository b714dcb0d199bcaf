import LarderCore
import LarderWire
import Testing

@Suite struct ReplyWritingTests {
    typealias Writer = @Sendable (inout OutputBuffer, RESPVersion) -> Void

    static let replies: [(Writer, v2: String, v3: String)] = [
        ({ output, _ in output.appendSimple("OK") }, "+OK\r\n", "+OK\r\n"),
        ({ output, _ in output.appendError("ERR no") }, "-ERR no\r\n", "-ERR no\r\n"),
        ({ output, _ in output.appendInteger(-12) }, ":-12\r\n", ":-12\r\n"),
        ({ output, _ in output.appendInteger(7) }, ":7\r\n", ":7\r\n"),
        ({ output, _ in output.appendBulk("abc") }, "$3\r\nabc\r\n", "$3\r\nabc\r\n"),
        ({ $0.appendNull($1) }, "$-1\r\n", "_\r\n"),
        ({ $0.appendNullArray($1) }, "*-1\r\n", "_\r\n"),
        ({ output, _ in output.appendArrayHeader(12) }, "*12\r\n", "*12\r\n"),
        ({ $0.appendMapHeader(3, $1) }, "*6\r\n", "%3\r\n"),
        ({ $0.appendSetHeader(3, $1) }, "*3\r\n", "~3\r\n"),
        ({ $0.appendPushHeader(3, $1) }, "*3\r\n", ">3\r\n"),
        ({ $0.appendBoolean(true, $1) }, ":1\r\n", "#t\r\n"),
        ({ $0.appendBoolean(false, $1) }, ":0\r\n", "#f\r\n"),
        ({ $0.appendDouble(3.5, $1) }, "$3\r\n3.5\r\n", ",3.5\r\n"),
        (
            { $0.appendDouble(0.1, $1) }, "$19\r\n0.10000000000000001\r\n",
            ",0.10000000000000001\r\n"
        ),
        ({ $0.appendDouble(-.infinity, $1) }, "$4\r\n-inf\r\n", ",-inf\r\n"),
        (
            { $0.appendDouble(1e300, $1) }, "$23\r\n1.0000000000000001e+300\r\n",
            ",1.0000000000000001e+300\r\n"
        ),
    ]

    @Test func `writes each kind for each version`() {
        for (write, second, third) in Self.replies {
            var output = OutputBuffer(capacity: 0)
            write(&output, .v2)
            #expect(output.text == second)
            output.removeAll()
            write(&output, .v3)
            #expect(output.text == third)
        }
    }

    @Test func `writes bytes of the caller`() {
        var output = OutputBuffer(capacity: 0)
        withRaw(Array("a\r\nb".utf8)) { bytes in
            output.appendError(bytes)
            output.appendBulk(bytes)
            output.appendVerbatim(bytes, format: "txt", .v2)
            output.appendVerbatim(bytes, format: "txt", .v3)
        }
        #expect(
            output.text == "-a  b\r\n$4\r\na\r\nb\r\n$4\r\na\r\nb\r\n=8\r\ntxt:a\r\nb\r\n")
        output.removeAll()
        withRaw(Array("123".utf8)) { digits in
            output.appendBigNumber(digits, .v2)
            output.appendBigNumber(digits, .v3)
        }
        #expect(output.text == "$3\r\n123\r\n(123\r\n")
    }

    @Test func `writes a bulk in parts`() {
        var output = OutputBuffer(capacity: 0)
        output.appendBulkHeader(4)
        output.append("ab")
        output.append("cd")
        output.appendLineEnd()
        #expect(output.text == "$4\r\nabcd\r\n")
    }

    @Test func `writes memcached's values and statistics`() {
        var output = OutputBuffer(capacity: 0)
        withRaw(Array("key".utf8)) { key in
            output.appendValue(key: key, flags: 42, value: key)
            output.appendValue(key: key, flags: 0, value: key, version: 99)
            output.appendStatistic("version", key)
        }
        output.appendStatistic("pid", 12)
        output.appendNumberLine(.max)
        #expect(
            output.text == "VALUE key 42 3\r\nkey\r\nVALUE key 0 3 99\r\nkey\r\n"
                + "STAT version key\r\nSTAT pid 12\r\n18446744073709551615\r\n")
    }
}
