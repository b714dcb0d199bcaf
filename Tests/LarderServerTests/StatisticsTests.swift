import LarderAssembly
import LarderTesting
import Testing

@Suite(.onOwnThread) struct StatisticsTests {
    @Test func `commands are counted, whatever became of them`() throws {
        let client = try ServerFixture().client()
        for request in ["SET a b", "SET a b NO", "SET a", "NOSUCH", "CLIENT ID", "CLIENT NO"] {
            _ = try client.ask(request.split(separator: " ").map(String.init))
        }
        let commands = try client.ask("INFO", "commandstats")
        #expect(commands.contains("cmdstat_set:calls=2,usec="))
        #expect(commands.contains(",rejected_calls=1,failed_calls=1\r\n"))
        #expect(commands.contains("cmdstat_client|id:calls=1,"))
        #expect(!commands.contains("cmdstat_get:"))
        #expect(try client.ask("INFO", "errorstats").contains("errorstat_ERR:count=4\r\n"))
        #expect(
            try client.ask("INFO", "latencystats").contains("latency_percentiles_usec_set:p50="))
        #expect(try client.ask("INFO", "stats").contains("total_error_replies:4\r\n"))
        _ = try client.ask("CONFIG", "RESETSTAT")
        #expect(!(try client.ask("INFO", "commandstats").contains("cmdstat_set")))
        #expect(try client.ask("INFO", "errorstats") == "$14\r\n# Errorstats\r\n\r\n")
        let totals = try client.ask("INFO", "stats")
        #expect(totals.contains("total_commands_processed:3\r\n"))
        #expect(totals.contains("total_connections_received:0\r\n"))
    }

    @Test func `with a threshold of 0 every command is in the slow log`() throws {
        let client = try ServerFixture { $0.slowlog.threshold = .zero }.client()
        _ = try client.ask("CLIENT", "SETNAME", "me")
        _ = try client.ask("SET", "a", String(repeating: "v", count: 200))
        _ = try client.ask("AUTH", "secret")
        try client.send(Array(repeating: "GET a\r\n", count: 20).joined())
        for _ in 0..<20 { _ = try client.reply() }
        #expect(try client.ask("SLOWLOG", "LEN") == ":23\r\n")
        let log = try client.ask("SLOWLOG", "GET", "-1")
        #expect(
            log.contains("$147\r\n" + String(repeating: "v", count: 128) + "... (72 more bytes)"))
        #expect(log.contains("$10\r\n(redacted)\r\n") && !log.contains("secret"))
        #expect(log.contains("$2\r\nme\r\n"))
        _ = try client.ask("CONFIG", "SET", "slowlog-max-len", "3")
        _ = try client.ask("GET", "a")
        #expect(try client.ask("SLOWLOG", "LEN") == ":3\r\n")
        _ = try client.ask("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        _ = try client.ask("SLOWLOG", "RESET")
        #expect(try client.ask("SLOWLOG", "LEN") == ":0\r\n")
    }

    @Test func `MONITOR tells the requests of all loops, without secrets`() throws {
        let fixture = try ServerFixture()
        let reader = try fixture.client()
        let writers = [try fixture.client(), try fixture.client()]
        #expect(try reader.ask("MONITOR") == "+OK\r\n")
        for (index, writer) in writers.enumerated() {
            _ = try writer.ask("SELECT", "\(index)")
            _ = try writer.ask("AUTH", "secret")
            _ = try writer.ask("CONFIG", "GET", "none")
            _ = try writer.ask("GET", "\"\u{1}\n")
        }
        var lines: [String] = []
        for _ in 0..<6 { lines.append(String(decoding: try reader.line(), as: UTF8.self)) }
        let words = lines.map { $0.split(separator: "] ").last ?? "" }
        #expect(words.count { $0 == "\"AUTH\" \"(redacted)\"\r\n" } == 2)
        #expect(words.count { $0 == "\"GET\" \"\\\"\\x01\\n\"\r\n" } == 2)
        #expect(lines.contains { $0.contains(" [1 127.0.0.1:") })
        #expect(try reader.ask("RESET") == "+RESET\r\n")
        _ = try writers[0].ask("GET", "a")
        #expect(try reader.ask("PING") == "+PONG\r\n")
    }

    @Test func `COMMAND GETKEYSANDFLAGS looks at the arguments`() throws {
        let client = try ServerFixture().client()
        func flags(_ request: String) throws -> String {
            let words = request.split(separator: " ").map(String.init)
            return try client.ask(["COMMAND", "GETKEYSANDFLAGS"] + words)
        }
        #expect(try flags("SET k v") == "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n")
        #expect(
            try flags("SET k v EX 1 GET")
                == "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n")
        #expect(try flags("PING x") == "-ERR The command has no key arguments\r\n")
        #expect(try flags("NOSUCH x") == "-ERR Invalid command specified\r\n")
        #expect(
            try flags("GET k x") == "-ERR Invalid number of arguments specified for command\r\n")
    }
}
