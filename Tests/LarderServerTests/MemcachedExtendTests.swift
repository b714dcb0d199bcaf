import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

/// append and prepend of memcached.
@Suite(.onOwnThread) struct MemcachedExtendTests {
    private static func line(_ client: TestClient) throws -> String {
        String(decoding: try client.line(), as: UTF8.self)
    }

    /// Fails when the whole value is put together beside the store.
    @Test(arguments: ["append", "prepend"])
    func `a long value takes no memory beside the store`(verb: String) async {
        await #expect(processExitsWith: .success) { [verb] in
            let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
            let client = try fixture.memcachedClient()
            let size = 60_000_000
            try client.send("set key 5 0 \(size)\r\n")
            try client.send([UInt8](repeating: 97, count: size) + [13, 10])
            let reply = try Self.line(client)
            precondition(reply == "STORED\r\n")
            let before = ResidentMemory.peakBytes
            for _ in 0..<3 {
                try client.send("\(verb) key 0 0 1\r\nb\r\n")
                let reply = try Self.line(client)
                precondition(reply == "STORED\r\n")
            }
            let growth = ResidentMemory.peakBytes - before
            // A copy within the store may be one of the two at most.
            let bound = verb == "append" ? 20 << 20 : 75 << 20
            precondition(growth < bound, "\(growth >> 20) MB")
        }
    }

    @Test func `values of any length get both ends, keep their flags and change their version`()
        throws
    {
        let fixture = try ServerFixture()
        let client = try fixture.memcachedClient()
        for size in [0, 1, 8_100, 70_000, 300_000] {
            try client.send("set key 7 0 \(size)\r\n")
            try client.send([UInt8](repeating: 97, count: size) + [13, 10])
            #expect(try Self.line(client) == "STORED\r\n")
            var versions: Set<String> = []
            for (verb, piece) in [("append", "xyz"), ("prepend", "123"), ("append", "")] {
                try client.send("\(verb) key 0 0 \(piece.utf8.count)\r\n\(piece)\r\n")
                #expect(try Self.line(client) == "STORED\r\n")
                try client.send("mg key c\r\n")
                versions.insert(try Self.line(client))
            }
            try client.send("ms key 1 MA c\r\n!\r\n")
            let version = try Self.line(client)
            try client.send("mg key c\r\n")
            #expect(try Self.line(client) == version)
            versions.insert(version)
            #expect(versions.count >= 3)
            try client.send("get key\r\n")
            #expect(try Self.line(client) == "VALUE key 7 \(size + 7)\r\n")
            let value = try client.text(size + 7)
            #expect(value == "123" + String(repeating: "a", count: size) + "xyz!")
            #expect(try client.text(7) == "\r\nEND\r\n")
        }
        try client.send("append none 0 0 1\r\nx\r\nprepend none 0 0 1\r\nx\r\n")
        #expect(try Self.line(client) == "NOT_STORED\r\n")
        #expect(try Self.line(client) == "NOT_STORED\r\n")
        try fixture.store.checkInvariants()
    }

    /// Fails when what one writer adds is lost to another's copy.
    @Test func `what many writers add at both ends all arrives`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
        _ = try fixture.client().ask("SETRANGE", "key", "100000", "x")
        let failures = onThreads(4) { thread -> String? in
            do {
                let client = try fixture.memcachedClient()
                let piece = String(repeating: "y", count: 700)
                for _ in 0..<60 {
                    let verb = thread % 2 == 0 ? "append" : "prepend"
                    try client.send("\(verb) key 0 0 700\r\n\(piece)\r\n")
                    guard try Self.line(client) == "STORED\r\n" else { return verb }
                }
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(failures.compactMap { $0 }.isEmpty)
        let client = try fixture.client()
        #expect(try client.ask("STRLEN", "key") == ":\(100_001 + 4 * 60 * 700)\r\n")
        try fixture.store.checkInvariants()
    }
}
