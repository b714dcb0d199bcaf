import LarderWire
import Testing

@Suite struct LargeArgumentTests: ~Copyable {
    private var parser = RequestParser()
    private var arguments = ArgumentList(capacity: 1)
    private var limits = RequestLimits()

    init() {
        limits.largeArgumentBytesMin = 10
    }

    private mutating func parse(
        _ text: String, from start: Int = 0
    ) throws -> (RequestStep, [String?]) {
        var (parser, limits) = (parser, limits)
        defer { self.parser = parser }
        return try withRaw(Array(text.utf8)) { bytes throws(ProtocolFailure) in
            let step = try parser.parse(bytes, from: start, limits: limits, into: &arguments)
            let words = (0..<arguments.count).map { index in
                arguments.isStreamed(index)
                    ? nil : String(decoding: bytes.array(arguments[index]), as: UTF8.self)
            }
            return (step, words)
        }
    }

    @Test mutating func `is handed over while it is not all there, and skipped`() throws {
        let head = "*4\r\n$4\r\nMSET\r\n$1\r\nk\r\n$12\r\n"
        let (step, _) = try parse("xx" + head + "0123", from: 2)
        #expect(step == .largeArgument(index: 2, length: 12, offset: 2 + 26))
        parser.skipLargeArgument(&arguments)
        let (more, _) = try parse(head, from: 0)
        #expect(more == .needMore(atLeast: 27))
        let (last, words) = try parse(head + "$1\r\nv\r\n*1", from: 0)
        #expect(last == .request(end: 33))
        #expect(words == ["MSET", "k", nil, "v"])
        #expect(arguments[2].isEmpty)
    }

    @Test mutating func `completes a request whose last argument it is`() throws {
        let head = "*2\r\n$4\r\nECHO\r\n$12\r\n"
        _ = try parse(head)
        parser.skipLargeArgument(&arguments)
        let (step, words) = try parse(head)
        #expect(step == .request(end: head.utf8.count))
        #expect(words == ["ECHO", nil])
        let (next, _) = try parse("*1\r\n$4\r\nPING\r\n")
        #expect(next == .request(end: 14))
    }

    @Test mutating func `is an argument like others once it is all there`() throws {
        let wire = "*2\r\n$4\r\nECHO\r\n$12\r\n0123456789ab\r\n"
        for length in 19..<wire.utf8.count {
            let (step, _) = try parse(String(decoding: wire.utf8.prefix(length), as: UTF8.self))
            #expect(step == .largeArgument(index: 1, length: 12, offset: 19))
        }
        let (step, words) = try parse(wire)
        #expect(step == .request(end: wire.utf8.count))
        #expect(words == ["ECHO", "0123456789ab"])
    }

    @Test mutating func `a request goes on with another list, read again`() throws {
        let wire = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
        _ = try parse(String(decoding: wire.utf8.dropLast(6), as: UTF8.self))
        #expect(parser.isInsideRequest)
        arguments.removeAll()
        let (step, words) = try parse(wire)
        #expect(step == .request(end: wire.utf8.count))
        #expect(words == ["SET", "k", "v"])
    }

    @Test mutating func `a list says what memory it holds`() throws {
        let before = arguments.storageBytes
        _ = try parse("*100\r\n" + String(repeating: "$0\r\n\r\n", count: 100))
        #expect(arguments.count == 100)
        #expect(arguments.storageBytes >= before + 99 * 8)
    }

    @Test func `to skip an argument that was not reported traps`() async {
        await #expect(processExitsWith: .failure) {
            var parser = RequestParser()
            var arguments = ArgumentList()
            parser.skipLargeArgument(&arguments)
        }
    }

    @Test func `to leave the list alone is checked after a skip`() async {
        await #expect(processExitsWith: .failure) {
            var parser = RequestParser()
            var arguments = ArgumentList()
            var other = ArgumentList()
            var limits = RequestLimits()
            limits.largeArgumentBytesMin = 1
            let wire = Array("*3\r\n$1\r\na\r\n$5\r\n".utf8)
            _ = try withRaw(wire) { bytes throws(ProtocolFailure) in
                try parser.parse(bytes, from: 0, limits: limits, into: &arguments)
            }
            parser.skipLargeArgument(&arguments)
            _ = try withRaw(wire) { bytes throws(ProtocolFailure) in
                try parser.parse(bytes, from: 0, limits: limits, into: &other)
            }
        }
    }
}
