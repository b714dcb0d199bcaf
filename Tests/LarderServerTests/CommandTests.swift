import LarderWire
import Testing

@Suite(.onOwnThread) struct CommandTests {
    @Test(arguments: CommandScripts.all, [RESPVersion.v2, .v3])
    func `commands answer as redis does`(script: Script, version: RESPVersion) throws {
        try script.play(version, on: ServerFixture().client())
    }

    @Test func `every command is in some script, or has a test of its own`() throws {
        let covered = Set(
            CommandScripts.all.flatMap(\.exchanges).compactMap { $0.words.first?.lowercased() })
        let client = try ServerFixture().client()
        let listed = try client.ask("COMMAND", "LIST").split(separator: "\r\n")
            .filter { $0.first?.isLetter == true && !$0.contains("|") }
        let elsewhere: Set = [
            "acl", "discard", "exec", "info", "larder", "monitor", "multi", "quit", "time",
            "unwatch",
            "watch",
            "psubscribe", "publish", "pubsub", "punsubscribe", "spublish", "ssubscribe",
            "subscribe", "sunsubscribe", "unsubscribe",
        ]
        #expect(listed.count > 50)
        #expect(Set(listed.map(String.init)).subtracting(covered) == elsewhere)
    }

    @Test func `COMMAND describes every command`() throws {
        let client = try ServerFixture().client()
        let count = try #require(Int(client.ask("COMMAND", "COUNT").dropFirst().dropLast()))
        #expect(try client.ask("COMMAND").hasPrefix("*\(count)\r\n*10\r\n"))
        #expect(try client.ask("COMMAND", "INFO").hasPrefix("*\(count)\r\n*10\r\n"))
        #expect(try client.ask("COMMAND", "DOCS").hasPrefix("*\(2 * count)\r\n"))
        #expect(
            try client.ask("COMMAND", "INFO", "get")
                == "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
                + "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n"
                + "*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n"
                + "$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n"
                + "$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n"
                + "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n"
                + "$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n"
                + "$5\r\nlimit\r\n:0\r\n*0\r\n")
        #expect(
            try client.ask("COMMAND", "DOCS", "get")
                == "*2\r\n$3\r\nget\r\n*10\r\n$7\r\nsummary\r\n$12\r\nread a value\r\n"
                + "$5\r\nsince\r\n$5\r\n1.0.0\r\n$5\r\ngroup\r\n$6\r\nstring\r\n"
                + "$10\r\ncomplexity\r\n$4\r\nO(1)\r\n"
                + "$9\r\narguments\r\n*1\r\n*6\r\n$4\r\nname\r\n$3\r\nkey\r\n"
                + "$4\r\ntype\r\n$3\r\nkey\r\n$14\r\nkey_spec_index\r\n:0\r\n")
    }

    @Test func `TIME tells the seconds since 1970`() throws {
        let parts = try ServerFixture().client().ask("TIME").split(separator: "\r\n")
        #expect(parts.count == 5 && parts[0] == "*2")
        let seconds = try #require(Int(parts[2]))
        #expect(seconds > 1_700_000_000)
        #expect(Int(parts[4]).map { (0..<1_000_000).contains($0) } == true)
    }

    @Test func `a connection changes its protocol when it says HELLO`() throws {
        let client = try ServerFixture().client()
        #expect(try client.ask("HELLO", "3").hasPrefix("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n"))
        #expect(try client.ask("GET", "none") == "_\r\n")
        #expect(try client.ask("HELLO", "2", "SETNAME", "me").hasPrefix("*14\r\n"))
        #expect(try client.ask("GET", "none") == "$-1\r\n")
        #expect(try client.ask("CLIENT", "GETNAME") == "$2\r\nme\r\n")
    }

    @Test func `databases are apart, and FLUSHDB empties one`() throws {
        let client = try ServerFixture().client()
        for database in 0..<3 {
            _ = try client.ask("SELECT", "\(database)")
            #expect(try client.ask("SET", "key", "\(database)") == "+OK\r\n")
        }
        #expect(try client.ask("FLUSHDB") == "+OK\r\n")
        #expect(try client.ask("DBSIZE") == ":0\r\n")
        _ = try client.ask("SELECT", "1")
        #expect(try client.ask("GET", "key") == "$1\r\n1\r\n")
        #expect(try client.ask("FLUSHALL") == "+OK\r\n")
        _ = try client.ask("SELECT", "0")
        #expect(try client.ask("DBSIZE") == ":0\r\n")
    }

    @Test func `QUIT is answered, and what follows is not`() throws {
        let client = try ServerFixture().client()
        try client.send("PING\r\nQUIT\r\nPING\r\n")
        #expect(try client.remainder() == "+PONG\r\n+OK\r\n")
    }
}
