import LarderWire
import Testing

@Suite struct ReplyParserTests {
    static let valid: [(String, ReplyKind, String, Int64)] = [
        ("+OK\r\n", .simple, "OK", 0), ("-ERR x\r\n", .error, "ERR x", 0),
        (":-42\r\n", .integer, "-42", -42), ("$3\r\na\r\n\r\n", .bulk, "a\r\n", 0),
        ("$0\r\n\r\n", .bulk, "", 0), ("$-1\r\n", .null, "", 0), ("*-1\r\n", .null, "", 0),
        ("_\r\n", .null, "", 0), ("*0\r\n", .array, "", 0), ("#t\r\n", .boolean, "t", 0),
        (",1.5\r\n", .double, "1.5", 0), ("(123\r\n", .bigNumber, "123", 0),
        ("!2\r\nER\r\n", .bulkError, "ER", 0), ("=5\r\ntxt:a\r\n", .verbatim, "txt:a", 0),
        ("*2\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n", .array, "", 2),
        ("%1\r\n+k\r\n*1\r\n%0\r\n", .map, "", 2), ("~1\r\n:1\r\n", .set, "", 1),
        (">2\r\n+a\r\n_\r\n", .push, "", 2),
        ("|1\r\n+ttl\r\n*1\r\n:3\r\n+OK\r\n", .simple, "OK", 0),
        ("|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:2\r\n*1\r\n:3\r\n", .array, "", 1),
        ("*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n", .array, "", 2),
    ]

    static let invalid: [(String, ReplyFailure.Cause, Int)] = [
        ("x\r\n", .unknownKind(UInt8(ascii: "x")), 0), ("*1\r\n\r\n", .unknownKind(0x0D), 4),
        (":a\r\n", .notAnInteger, 1), ("$\r\n", .notAnInteger, 1), ("$-2\r\n", .outOfRange, 1),
        ("*2147483648\r\n", .outOfRange, 1), ("+a\rb", .expectedLineEnd, 2),
        ("$1\r\nabc", .expectedLineEnd, 5),
        ("%2147483647\r\n%2147483647\r\n", .outOfRange, 13),
    ]

    @Test(arguments: valid)
    func `finds the end of a reply, wherever it is split`(
        wire: String, kind: ReplyKind, payload: String, number: Int64
    ) throws {
        let bytes = Array(("xx" + wire + "$9").utf8)
        let end = 2 + wire.utf8.count
        for split in 2..<end {
            var parser = ReplyParser()
            let partial = try withRaw(Array(bytes[..<split])) { bytes throws(ReplyFailure) in
                try parser.parse(bytes, from: 2)
            }
            #expect(partial == nil)
            // The bytes may have moved to the front of a buffer meanwhile.
            let whole = try withRaw(Array(bytes[2...])) { bytes throws(ReplyFailure) in
                try parser.parse(bytes, from: 0)
            }
            let reply = try #require(whole)
            #expect(reply.end == wire.utf8.count)
            #expect(reply.first.kind == kind)
            #expect(reply.first.number == number)
            #expect(bytes[2...][(2 + reply.first.payload.lowerBound)...].starts(with: payload.utf8))
            #expect(reply.first.payload.count == payload.utf8.count)
        }
    }

    @Test(arguments: invalid)
    func `says what is wrong and where`(wire: String, cause: ReplyFailure.Cause, offset: Int) {
        let failure = #expect(throws: ReplyFailure.self) {
            var parser = ReplyParser()
            _ = try withRaw(Array(wire.utf8)) { bytes throws(ReplyFailure) in
                try parser.parse(bytes, from: 0)
            }
        }
        #expect(failure?.cause == cause)
        #expect(failure?.offset == offset)
    }

    @Test func `a line of more than 64 KiB is no reply`() {
        let failure = #expect(throws: ReplyFailure.self) {
            let line = [UInt8](repeating: UInt8(ascii: "+"), count: 65_538)
            _ = try withRaw(line) { bytes throws(ReplyFailure) in
                try ReplyScanner.token(in: bytes, at: 0)
            }
        }
        #expect(failure?.cause == .lineTooLong)
    }

    @Test func `any depth takes no stack`() throws {
        let wire = Array(String(repeating: "*1\r\n", count: 200_000).utf8) + Array(":7\r\n".utf8)
        var parser = ReplyParser()
        let reply = try withRaw(wire) { bytes throws(ReplyFailure) in
            try parser.parse(bytes, from: 0)
        }
        #expect(reply?.end == wire.count)
    }

    @Test func `tokens of a nested reply follow each other`() throws {
        let kinds = try withRaw(Array("*2\r\n$1\r\na\r\n%1\r\n:1\r\n_\r\n".utf8)) {
            bytes throws(ReplyFailure) in
            var (kinds, offset) = ([ReplyKind](), 0)
            while let token = try ReplyScanner.token(in: bytes, at: offset) {
                kinds.append(token.kind)
                offset = token.end
            }
            return kinds
        }
        #expect(kinds == [.array, .bulk, .map, .integer, .null])
    }

    @Test(arguments: UInt64(0)..<64)
    func `random bytes never trap`(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let alphabet = Array("*$%|:+-_\r\n\r\n0123456789".utf8)
        for _ in 0..<200 {
            let wire = (0..<30).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var parser = ReplyParser()
            let reply = try? withRaw(wire) { bytes throws(ReplyFailure) in
                try parser.parse(bytes, from: 0)
            }
            #expect(reply?.end ?? 0 <= wire.count)
        }
    }
}
