import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

/// Commands on values of many pieces, and on many keys.
@Suite(.onOwnThread) struct LargeEditTests {
    /// Fails when a value is changed in place while somebody reads it.
    @Test func `nobody sees a value that is half overwritten`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(128 << 20) }
        let size = 300_000
        _ = try fixture.client().ask("SET", "key", String(repeating: "a", count: size))
        let torn = onThreads(4) { thread -> String? in
            do {
                let client = try fixture.client()
                for turn in 0..<60 {
                    if thread < 2 {
                        let letter = String(UnicodeScalar(UInt8(97 + (turn + thread * 13) % 26)))
                        let value = String(repeating: letter, count: size)
                        _ = try client.ask("SETRANGE", "key", "0", value)
                    } else {
                        let reply = Array(try client.ask("GET", "key").utf8)
                        let value = reply.dropFirst(9).dropLast(2)
                        guard value.count == size, Set(value).count == 1 else {
                            return "\(value.count) bytes of \(Set(value).count) kinds"
                        }
                    }
                }
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(torn.compactMap { $0 }.isEmpty)
        try fixture.store.checkInvariants()
    }

    /// Fails when what one writer adds is lost to another's copy.
    @Test func `appends and bits of many writers all arrive`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
        _ = try fixture.client().ask("SETRANGE", "key", "100000", "x")
        let failures = onThreads(4) { thread -> String? in
            do {
                let client = try fixture.client()
                for turn in 0..<200 {
                    _ = try client.ask("APPEND", "key", String(repeating: "y", count: 700))
                    _ = try client.ask("SETBIT", "key", "\(thread * 8_000 + turn)", "1")
                    // A reader in between makes the next change a copy.
                    if turn % 10 == 0 { _ = try client.ask("GET", "key") }
                }
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(failures.compactMap { $0 }.isEmpty)
        let client = try fixture.client()
        #expect(try client.ask("STRLEN", "key") == ":\(100_001 + 4 * 200 * 700)\r\n")
        #expect(try client.ask("BITCOUNT", "key", "0", "4999") == ":800\r\n")
        try fixture.store.checkInvariants()
    }

    @Test func `BITOP of large values is of one moment`() throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
        let client = try fixture.client()
        _ = try client.ask("MSET", "a", String(repeating: "a", count: 90_000), "b", "b")
        #expect(try client.ask("BITOP", "OR", "c", "a", "b") == ":90000\r\n")
        #expect(try client.ask("GETRANGE", "c", "0", "2") == "$3\r\ncaa\r\n")
        #expect(try client.ask("BITOP", "XOR", "c", "a", "a") == ":90000\r\n")
        #expect(try client.ask("BITPOS", "c", "1") == ":-1\r\n")
        #expect(try client.ask("BITOP", "NOT", "a", "a") == ":90000\r\n")
        #expect(try client.ask("BITCOUNT", "a") == ":\(90_000 * 5)\r\n")
        try fixture.store.checkInvariants()
    }

    /// Fails when memory ends in the middle of the pairs.
    @Test(arguments: ["MSET", "MSETNX"], [20, 3_000, 20_000])
    func `stores all pairs or none when nothing may leave`(command: String, size: Int) throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(16 << 20) }
        let client = try fixture.client()
        _ = try client.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        let value = String(repeating: "v", count: size)
        var stored = 0
        var refused = 0
        for turn in 0..<100_000 where refused < 20 {
            let keys = (0..<50).map { "key:\(turn):\($0)" }
            let reply = try client.ask([command] + keys.flatMap { [$0, value] })
            let found = try client.ask(["EXISTS"] + keys)
            if reply.hasPrefix("-OOM") {
                refused += 1
                try #require(found == ":0\r\n")
            } else {
                stored += 1
                try #require(found == ":50\r\n")
            }
        }
        #expect(stored > 0 && refused == 20)
        try fixture.store.checkInvariants()
        #expect(try client.ask("FLUSHALL") == "+OK\r\n")
        #expect(try client.ask([command, "a", value, "a", value]) != "-")
        try fixture.store.checkInvariants()
    }

    @Test func `a key or value that is too large refuses all pairs`() throws {
        let client = try ServerFixture().client()
        let key = String(repeating: "k", count: 20_000)
        #expect(
            try client.ask("MSET", "a", "1", key, "2")
                == "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n")
        #expect(try client.ask("EXISTS", "a") == ":0\r\n")
    }
}
