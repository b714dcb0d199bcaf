import LarderWire
import Testing

@Suite struct MemcachedParserTests {
    static let recorded = Recorded.table("memcached.txt")

    @Test func `a table of memcached's answers is there`() {
        #expect(Self.recorded.count > 400)
    }

    @Test(arguments: recorded)
    func `answers odd bytes as memcached does`(row: Recorded) {
        var server = MemcachedServer()
        server.receive(row.request)
        #expect(printable(server.reply) == printable(row.reply))
        #expect(server.isClosed == row.closes)
    }

    @Test(arguments: recorded.filter { $0.request.count < 5_000 })
    func `answers odd bytes wherever they are split`(row: Recorded) {
        for split in 0...row.request.count {
            var server = MemcachedServer()
            server.receive(row.request[..<split])
            server.receive(row.request[split...])
            let place: Comment = "split at \(split)"
            #expect(printable(server.reply) == printable(row.reply), place)
            #expect(server.isClosed == row.closes, place)
        }
        var server = MemcachedServer()
        for byte in row.request { server.receive(CollectionOfOne(byte)) }
        #expect(printable(server.reply) == printable(row.reply))
    }

    @Test(arguments: [
        "get k\r\n", "set k 1 2 3\r\nabc\r\n", "gat 5 a b\r\n", "incr k 1 noreply\r\n",
        "cas k 0 0 1 9\r\nx\r\n", "flush_all\r\n",
    ])
    func `a truncated command needs more than it has and not more than there is`(wire: String) {
        for length in 0..<wire.utf8.count {
            var server = MemcachedServer()
            server.receive(wire.utf8.prefix(length))
            #expect(server.steps.isEmpty)
            #expect(server.needed > server.pending)
            #expect(server.needed <= wire.utf8.count)
        }
    }

    @Test func `a command carries its numbers`() throws {
        var server = MemcachedServer()
        server.receive("cas key 4294967295 -7 1 18446744073709551615 noreply\r\nx\r\n".utf8)
        guard case .command(let command, let end) = try #require(server.steps.first) else {
            Issue.record("No command was read.")
            return
        }
        #expect(command.verb == .cas)
        #expect(command.isQuiet)
        #expect(command.flags == .max)
        #expect(command.expiry == -7)
        #expect(command.byteCount == 1)
        #expect(command.number == .max)
        #expect(end == 57)
    }

    @Test func `a value above the limit is dropped as it comes, and its key with it`() {
        var server = MemcachedServer()
        server.limits.valueBytesMax = 10
        server.receive("set k 0 0 1\r\nx\r\nset k 0 0 11\r\n01234".utf8)
        #expect(server.pending == 0)
        server.receive("567890\r\nget k\r\n".utf8)
        let reply = String(decoding: server.reply, as: UTF8.self)
        #expect(reply == "STORED\r\nSERVER_ERROR object too large for cache\r\nEND\r\n")
    }

    @Test func `a large value that is not there is handed over`() {
        var parser = MemcachedParser()
        var arguments = ArgumentList()
        var limits = MemcachedLimits()
        limits.largeValueBytesMin = 100
        withRaw(Array("get k\r\nset key 0 0 100\r\nabc".utf8)) { bytes in
            let step = parser.parse(bytes, from: 7, limits: limits, into: &arguments)
            guard case .largeValue(let command, let offset) = step else {
                Issue.record("\(step)")
                return
            }
            #expect(command.byteCount == 100)
            #expect(offset == 24)
            #expect(arguments.count == 1)
            #expect(bytes.array(arguments[0]) == Array("key".utf8))
        }
    }

    @Test(arguments: [("x", 2_048), ("get ", 10_000), ("  gets ", 10_000), ("gat 1 ", 10_000)])
    func `a line without an end closes the connection`(start: String, longest: Int) {
        var server = MemcachedServer()
        server.limits.getLineBytesMax = 10_000
        let filler = repeatElement(UInt8(ascii: "k"), count: longest - start.utf8.count)
        server.receive(Array(start.utf8) + filler)
        #expect(server.isClosed == false)
        server.receive(CollectionOfOne(UInt8(ascii: "k")))
        #expect(server.isClosed == true)
    }

    @Test func `blanks in front of a long line are no reason to close`() {
        let wire = String(repeating: " ", count: 50) + "gets k\r\n"
        for split in 0...wire.utf8.count {
            var server = MemcachedServer()
            server.limits.lineBytesMax = 40
            server.receive(wire.utf8.prefix(split))
            server.receive(wire.utf8.dropFirst(split))
            #expect(String(decoding: server.reply, as: UTF8.self) == "END\r\n")
        }
    }

    @Test func `is small`() {
        #expect(MemoryLayout<MemcachedParser>.stride <= 16)
    }

    @Test(arguments: UInt64(0)..<64)
    func `random bytes never trap`(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let alphabet = Array("\r\n  0123456789-+\tk\0".utf8)
        let starts = [
            "set k ", "get ", "gat ", "incr k ", "cas k 1 1 ", "touch k ", "delete k ", "",
        ]
        for start in starts {
            let wire = (0..<24).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            var server = MemcachedServer()
            server.receive(start.utf8 + wire + "\r\n".utf8)
            #expect(server.isClosed == false)
        }
    }
}
