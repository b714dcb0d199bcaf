import LarderWire
import Testing

@Suite struct MemcachedMetaTests {
    @Test func `the value of ms is the last argument, behind the words`() throws {
        var parser = MemcachedParser()
        var arguments = ArgumentList()
        withRaw(Array("mn\r\nms key 3 F5 T0\r\nabc\r\nmn\r\n".utf8)) { bytes in
            let limits = MemcachedLimits()
            let step = parser.parse(bytes, from: 4, limits: limits, into: &arguments)
            guard case .command(let command, let end) = step else {
                Issue.record("\(step)")
                return
            }
            #expect(command.verb == .metaSet)
            #expect(command.byteCount == 3)
            #expect(end == 25)
            let words = (0..<arguments.count).map { bytes.array(arguments[$0]) }
            #expect(words == ["key", "3", "F5", "T0", "abc"].map { Array($0.utf8) })
        }
    }

    static let manyFlags = String(repeating: " v", count: 18)
    static let longKey = String(repeating: "k", count: 251)
    static let wrong: [(String, MemcachedFailure)] = [
        ("ms k\r\n", .badFormat), ("ms k x\r\n", .badFormat), ("ms k -1\r\n", .badFormat),
        ("ms k 2147483646\r\n", .badFormat), ("mg\r\n", .unknownCommand),
        ("ms k 2\r\nabcd", .badDataChunk), ("ms k 11\r\n01234567890\r\n", .valueTooLarge),
        ("mg k\(manyFlags)\r\n", .tooManyGetFlags), ("ma k\(manyFlags)\r\n", .tooManyFlags),
        ("md \(longKey)\r\n", .badFormat),
    ]

    @Test(arguments: wrong)
    func `a meta command that is wrong is refused`(wire: String, failure: MemcachedFailure) {
        var server = MemcachedServer()
        server.limits.valueBytesMax = 10
        server.receive(wire.utf8)
        guard case .failure(let found, _, _)? = server.steps.first else {
            Issue.record("\(server.steps)")
            return
        }
        #expect(found == failure)
    }

    @Test(arguments: ["ms k 3 T0\r\nabc\r\n", "mg k v t\r\n", "md k q\r\n", "ma k N0 J5\r\n"])
    func `a truncated meta command needs more than it has`(wire: String) {
        for length in 0..<wire.utf8.count {
            var server = MemcachedServer()
            server.receive(wire.utf8.prefix(length))
            #expect(server.steps.isEmpty)
            #expect(server.needed > server.pending)
            #expect(server.needed <= wire.utf8.count)
        }
    }

    static let numbers: [(String, UInt64?)] = [
        ("12", 12), (" \t\r\n12", 12), ("12 x", 12), ("12\rx", 12), ("12\u{0}x", 12),
        ("+12", 12), ("18446744073709551615", .max), ("18446744073709551616", nil),
        ("-1", nil), ("12x", nil), ("", nil), ("  ", nil), ("x12", nil), ("0x1", nil),
    ]

    @Test(arguments: numbers)
    func `a value begins with a number or not`(text: String, number: UInt64?) {
        withRaw(Array(text.utf8)) { #expect(MemcachedNumber.value($0) == number) }
    }
}
