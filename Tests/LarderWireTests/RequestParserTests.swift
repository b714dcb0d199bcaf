import LarderWire
import Testing

@Suite struct RequestParserTests {
    static let recorded = Recorded.table("redis.txt")

    static let valid: [(String, [[String]])] = [
        ("*1\r\n$4\r\nPING\r\n", [["PING"]]),
        ("*2\r\n$3\r\nGET\r\n$0\r\n\r\n", [["GET", ""]]),
        ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n$1\r\n", [["SET", "k", "\r\n$1"]]),
        ("GET k\r\nSET 'a b' \"\\x41\"\n", [["GET", "k"], ["SET", "a b", "A"]]),
        ("*0\r\n*-1\r\n\r\n*1\r\n$10\r\n0123456789\r\n", [["0123456789"]]),
    ]

    @Test func `a table of redis's answers is there`() {
        #expect(Self.recorded.count > 500)
    }

    @Test(arguments: recorded)
    func `answers odd bytes as redis does, wherever they are split`(row: Recorded) {
        for split in 0...row.request.count {
            var server = RESPServer()
            server.receive(row.request[..<split])
            server.receive(row.request[split...])
            let place: Comment = "split at \(split)"
            #expect(printable(server.reply) == printable(row.reply), place)
            #expect(server.isClosed == row.closes, place)
        }
    }

    @Test(arguments: recorded)
    func `answers odd bytes that come one by one`(row: Recorded) {
        var server = RESPServer()
        for byte in row.request { server.receive(CollectionOfOne(byte)) }
        #expect(printable(server.reply) == printable(row.reply))
        #expect(server.isClosed == row.closes)
    }

    @Test(arguments: valid)
    func `finds the arguments`(wire: String, expected: [[String]]) {
        for split in 0...wire.utf8.count {
            var server = RESPServer()
            server.receive(wire.utf8.prefix(split))
            server.receive(wire.utf8.dropFirst(split))
            let found = server.requests.map { $0.map { String(decoding: $0, as: UTF8.self) } }
            #expect(found == expected, "split at \(split)")
            #expect(server.pending == 0)
        }
    }

    @Test(arguments: valid)
    func `a truncated request needs more than it has and not more than there is`(
        wire: String, expected: [[String]]
    ) {
        for length in 0..<wire.utf8.count {
            var server = RESPServer()
            server.receive(wire.utf8.prefix(length))
            #expect(server.failure == nil)
            #expect(server.needed > server.pending)
            #expect(server.needed <= server.pending + wire.utf8.count - length)
        }
    }

    @Test func `says how many bytes an argument still takes`() {
        var server = RESPServer()
        server.receive("*2\r\n$3\r\nGET\r\n$100\r\nabc".utf8)
        #expect(server.needed == 19 + 100 + 2)
    }

    @Test func `failures carry the place`() {
        let cases: [(String, ProtocolFailure.Cause, Int)] = [
            ("*1\r\n:1\r\n", .expectedDollar(UInt8(ascii: ":")), 4),
            ("PING\r\n*x\r\n", .invalidMultibulkLength, 7),
            ("*1\r\n$-1\r\n", .invalidBulkLength, 5),
            ("GET 'a\r\n", .unbalancedQuotes, 4),
        ]
        for (wire, cause, offset) in cases {
            var server = RESPServer()
            server.receive(wire.utf8)
            #expect(server.failure?.cause == cause)
            #expect(server.failure?.offset == offset)
        }
    }

    @Test func `lines without an end are refused at 64 KiB`() {
        let cases: [(String, ProtocolFailure.Cause, Int)] = [
            ("*", .multibulkLineTooLong, 65_536), ("*1\r\n$", .bulkLineTooLong, 65_540),
            ("x", .inlineTooLong, 69_632),
        ]
        for (start, cause, longest) in cases {
            var server = RESPServer()
            let filler = repeatElement(UInt8(ascii: "1"), count: longest - start.utf8.count)
            server.receive(Array(start.utf8) + filler)
            #expect(server.failure == nil)
            server.receive(CollectionOfOne(UInt8(ascii: "1")))
            #expect(server.failure?.cause == cause)
        }
    }

    @Test func `who has not authenticated gets ten arguments of 16 KiB`() {
        let cases: [(String, String)] = [
            ("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n"),
            ("*10\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n"),
            ("*10\r\n$16384\r\n", ""),
        ]
        for (wire, reply) in cases {
            var server = RESPServer()
            server.limits = .unauthenticated
            server.receive(wire.utf8)
            #expect(String(decoding: server.reply, as: UTF8.self) == reply)
        }
    }

    @Test func `a request above the limit is refused before it is stored`() {
        var server = RESPServer()
        server.limits.requestBytesMax = 100
        server.receive("*2\r\n$90\r\n".utf8)
        #expect(server.failure?.cause == .requestTooLarge)
    }

    @Test func `is small`() {
        #expect(MemoryLayout<RequestParser>.stride <= 24)
    }

    @Test(arguments: UInt64(0)..<64)
    func `random bytes never trap`(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let alphabet = Array("*$\r\n0123456789-x\"' \\".utf8)
        for _ in 0..<100 {
            let wire = (0..<24).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var server = RESPServer()
            server.receive("*2\r\n$".utf8 + wire)
            #expect(server.isClosed == (server.failure != nil))
            var inline = RESPServer()
            inline.receive(wire + [UInt8(ascii: "\n")])
            #expect(inline.isClosed == (inline.failure != nil))
        }
    }
}
