import LarderMemory
import LarderTesting
import Testing

@Suite(.onOwnThread) struct KeyspaceTests {
    @Test func `MSET, MGET and DEL of many keys leave out none`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let keys = (0..<500).map { "key:\($0)" }
        #expect(try client.ask(["MSET"] + keys.flatMap { [$0, "v" + $0] }) == "+OK\r\n")
        let wanted = keys.map { "$\($0.count + 1)\r\nv\($0)\r\n" }.joined()
        #expect(try client.ask(["MGET"] + keys) == "*500\r\n" + wanted)
        #expect(try client.ask("DBSIZE") == ":500\r\n")
        #expect(try client.ask(["DEL"] + keys) == ":500\r\n")
        #expect(try client.ask("DBSIZE") == ":0\r\n")
        try fixture.store.checkInvariants()
    }

    @Test func `RENAME and COPY carry entries of all sizes between shards`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        for (number, size) in [0, 1, 100, 9_000, 200_000].enumerated() {
            let value = String(repeating: "x", count: size)
            let stored = "$\(size)\r\n\(value)\r\n"
            for turn in 0..<20 {
                let (from, middle, to) = ("a\(number):\(turn)", "b\(turn)", "c\(turn)")
                _ = try client.ask("SET", from, value, "EX", "1000")
                #expect(try client.ask("RENAME", from, middle) == "+OK\r\n")
                #expect(try client.ask("COPY", middle, to, "REPLACE") == ":1\r\n")
                #expect(try client.ask("GET", to) == stored)
                #expect(try client.ask("TTL", to) == ":1000\r\n")
                #expect(try client.ask("DEL", from, middle, to) == ":2\r\n")
            }
        }
        try fixture.store.checkInvariants()
    }

    @Test func `SCAN gives every key that stays, while others come and go`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        let stay = Set((0..<2_000).map { "stay:\($0)" })
        for key in stay { try client.send(TestClient.request(["SET", key, "1"])) }
        for _ in stay { _ = try client.reply() }
        var found: Set<String> = []
        var cursor = "0"
        var turn = 0
        repeat {
            let reply = try client.ask("SCAN", cursor, "COUNT", "20")
            let lines = reply.split(separator: "\r\n", omittingEmptySubsequences: false)
            cursor = String(lines[2])
            found.formUnion(lines.map(String.init).filter(stay.contains))
            // The table grows eightfold, then shrinks.
            turn += 1
            for number in 0..<200 {
                let command = turn <= 70 ? "SET" : "DEL"
                let words = [command, "pass:\((turn - 1) % 70):\(number)"]
                try client.send(TestClient.request(turn <= 70 ? words + ["1"] : words))
            }
            for _ in 0..<200 { _ = try client.reply() }
            try #require(turn < 5_000, "A scan ends.")
        } while cursor != "0"
        #expect(found == stay)
        #expect(turn > 70)
    }

    @Test func `nobody sees a part of an MSET`() throws {
        let fixture = try ServerFixture()
        let keys = (0..<8).map { "key:\($0)" }
        let words = { @Sendable (number: Int) in
            ["MSET"] + keys.flatMap { [$0, "\(number)"] }
        }
        _ = try fixture.client().ask(words(0))
        let torn = onThreads(4) { thread -> String? in
            do {
                let client = try fixture.client()
                for turn in 0..<1_000 {
                    if thread.isMultiple(of: 2) {
                        _ = try client.ask(words(thread * 1_000 + turn))
                    } else {
                        let reply = try client.ask(["MGET"] + keys)
                        let values = reply.split(separator: "\r\n").dropFirst()
                            .filter { !$0.hasPrefix("$") }
                        if Set(values).count != 1 { return reply }
                    }
                }
                return ""
            } catch { return "\(error)" }
        }
        #expect(torn == ["", "", "", ""])
    }

    @Test func `an entry whose time is over is gone for every command`() throws {
        let client = try ServerFixture().client()
        let readers = [
            (["GET", "key"], "$-1\r\n"), (["MGET", "key"], "*1\r\n$-1\r\n"),
            (["EXISTS", "key"], ":0\r\n"), (["TTL", "key"], ":-2\r\n"), (["KEYS", "*"], "*0\r\n"),
            (["STRLEN", "key"], ":0\r\n"), (["APPEND", "key", "x"], ":1\r\n"),
            (["INCR", "key"], ":1\r\n"), (["SETNX", "key", "x"], ":1\r\n"),
            (["RENAME", "key", "other"], "-ERR no such key\r\n"), (["PERSIST", "key"], ":0\r\n"),
        ]
        for (words, reply) in readers {
            _ = try client.ask("FLUSHALL")
            _ = try client.ask("SET", "key", "value", "EX", "1000")
            #expect(try client.ask("PEXPIREAT", "key", "1") == ":1\r\n")
            #expect(try client.ask(words) == reply, "\(words)")
        }
    }
}
