import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct UserTests {
    private static func user(
        _ name: String, can: [String] = ["read", "write"], deny: [String] = [],
        keys: [String] = ["*"], channels: [String]? = nil
    ) -> UserConfiguration {
        var user = UserConfiguration(name: name)
        user.passwords = [.digest(PasswordDigest(of: Array(name.utf8)))]
        user.can = can
        user.deny = deny
        user.keys = keys
        user.channels = channels
        return user
    }

    private static func fixture(_ users: UserConfiguration...) throws -> ServerFixture {
        try ServerFixture { $0.users = users }
    }

    private static let noKey =
        "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n"

    private static func noCommand(_ name: String) -> String {
        "-NOPERM this user has no permissions to run the '\(name)' command\r\n"
    }

    @Test func `only who has the right admin ends the server`() throws {
        let fixture = try Self.fixture(Self.user("app"), Self.user("boss", can: ["admin"]))
        let client = try fixture.client()
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
        #expect(try client.ask("SHUTDOWN", "NOSAVE") == Self.noCommand("shutdown"))
        #expect(try client.ask("MULTI") == "+OK\r\n")
        let refused = "-ERR Command not allowed inside a transaction\r\n"
        #expect(try client.ask("SHUTDOWN") == refused)
        #expect(try client.ask("AUTH", "boss", "boss") == "+QUEUED\r\n")
        #expect(try client.ask("DISCARD") == "+OK\r\n")
        #expect(try client.ask("AUTH", "boss", "boss") == "+OK\r\n")
        try client.send("SHUTDOWN NOSAVE\r\n")
        #expect(try client.remainder() == "")
        fixture.server.wait()
    }

    @Test func `with users nobody else is let in`() throws {
        let client = try Self.fixture(Self.user("app")).client()
        #expect(try client.ask("GET", "a") == "-NOAUTH Authentication required.\r\n")
        #expect(try client.ask("AUTH", "default", "").hasPrefix("-WRONGPASS"))
        #expect(try client.ask("AUTH", "app").hasPrefix("-WRONGPASS"))
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
        #expect(try client.ask("ACL", "WHOAMI") == "$3\r\napp\r\n")
        #expect(try client.ask("RESET") == "+RESET\r\n")
        #expect(try client.ask("GET", "a").hasPrefix("-NOAUTH"))
        #expect(try client.ask("HELLO", "2", "AUTH", "app", "app").hasPrefix("*14"))
        #expect(try client.ask("SET", "a", "1") == "+OK\r\n")
    }

    @Test func `a reader reads, and is told what it may not`() throws {
        let fixture = try Self.fixture(Self.user("ro", can: ["read"]), Self.user("app"))
        let client = try fixture.client()
        _ = try client.ask("AUTH", "ro", "ro")
        #expect(try client.ask("GET", "a") == "$-1\r\n")
        #expect(try client.ask("SET", "a", "1") == Self.noCommand("set"))
        #expect(try client.ask("CONFIG", "GET", "port") == Self.noCommand("config|get"))
        #expect(
            try client.ask("CONFIG", "SET")
                == "-ERR wrong number of arguments for 'config|set' command\r\n")
        #expect(try client.ask("CLIENT", "KILL", "ID", "1") == Self.noCommand("client|kill"))
        #expect(try client.ask("CLIENT", "ID").hasPrefix(":"))
        #expect(try client.ask("NOSUCH").hasPrefix("-ERR unknown command"))
        #expect(try client.ask("MULTI") == "+OK\r\n")
        #expect(try client.ask("SET", "a", "1") == Self.noCommand("set"))
        #expect(
            try client.ask("EXEC").hasPrefix("-EXECABORT Transaction discarded because of prev"))
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
        #expect(try client.ask("SET", "a", "1") == "+OK\r\n")
    }

    @Test func `patterns bound the keys of every command that names some`() throws {
        let client = try Self.fixture(Self.user("app", keys: ["app:*", "x?"])).client()
        _ = try client.ask("AUTH", "app", "app")
        for words in [
            ["GET", "app:1"], ["MGET", "app:1", "x1"], ["SET", "x2", "1"],
            ["MSET", "app:1", "a", "x1", "b"], ["RENAME", "app:1", "x3"], ["SCAN", "0"],
            ["LARDER", "GET", "app:1", "LEASE"], ["LARDER", "SET", "x2", "1"],
        ] { #expect(try !client.ask(words).hasPrefix("-NOPERM"), "\(words)") }
        for words in [
            ["GET", "b"], ["MGET", "app:1", "b"], ["SET", "app", "1"],
            ["MSET", "app:1", "a", "b", "x1"], ["RENAME", "x3", "b"],
            ["OBJECT", "ENCODING", "b"], ["LARDER", "GET", "b", "LEASE"],
            ["LARDER", "SET", "b", "1"], ["LARDER", "DROP", "b", "LEASE", "0123456789abcdef"],
        ] { #expect(try client.ask(words) == Self.noKey, "\(words)") }
    }

    @Test func `what is denied is denied, and the rest of its kind is not`() throws {
        let fixture = try Self.fixture(
            Self.user(
                "app", can: ["read", "write", "admin"], deny: ["keys", "config|set", "flushall"]))
        let client = try fixture.client()
        _ = try client.ask("AUTH", "app", "app")
        #expect(try client.ask("KEYS", "*") == Self.noCommand("keys"))
        #expect(try client.ask("FLUSHALL") == Self.noCommand("flushall"))
        #expect(try client.ask("FLUSHDB") == "+OK\r\n")
        #expect(
            try client.ask("CONFIG", "SET", "loglevel", "notice") == Self.noCommand("config|set"))
        #expect(try client.ask("CONFIG", "GET", "loglevel").hasPrefix("*2"))
    }

    @Test func `a wrong word is refused at the start, with what was meant`() throws {
        let failure = #expect(throws: ServerFailure.self) {
            try Self.fixture(Self.user("app", deny: ["kyes"]))
        }
        #expect(
            failure?.description
                == "users: 'app': 'kyes' is no command or category; did you mean 'keys'?")
    }

    @Test func `ACL tells the users in redis's form`() throws {
        let fixture = try Self.fixture(
            Self.user("boss", can: ["read", "write", "admin"]),
            Self.user("ro", can: ["read", "info"], deny: ["keys"], keys: ["a:*", "b:*"]))
        let client = try fixture.client()
        _ = try client.ask("AUTH", "boss", "boss")
        let boss = PasswordDigest(of: Array("boss".utf8)).hex
        let reader = PasswordDigest(of: Array("ro".utf8)).hex
        let rules =
            "-@all +@connection +@transaction +@pubsub +time +acl|whoami -@dangerous +@read +info"
            + " -keys"
        let list = try client.ask("ACL", "LIST")
        #expect(list.contains("user boss on #\(boss) ~* &* +@all\r\n"))
        #expect(list.contains("user default off resetchannels -@all\r\n"))
        #expect(list.contains("user ro on #\(reader) ~a:* ~b:* resetchannels \(rules)\r\n"))
        let user = try client.ask("ACL", "GETUSER", "ro")
        #expect(user.hasPrefix("*12\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n$9\r\npasswords\r\n*1\r\n"))
        #expect(user.contains("\r\n~a:* ~b:*\r\n"))
        #expect(try client.ask("ACL", "USERS").hasPrefix("*3\r\n$4\r\nboss\r\n"))
        #expect(try client.ask("ACL", "GETUSER", "nobody") == "$-1\r\n")
        for words in [["SETUSER", "x"], ["DELUSER", "ro"], ["LOAD"], ["SAVE"]] {
            #expect(
                try client.ask(["ACL"] + words)
                    == "-ERR users are in Larder's configuration file, under 'users';"
                    + " change them there\r\n")
        }
        #expect(
            try client.ask("ACL", "DRYRUN", "ro", "GET", "c")
                == "$50\r\nThis user has no permissions to access the 'c' key\r\n")
        #expect(try client.ask("ACL", "DRYRUN", "ro", "GET", "a:1") == "+OK\r\n")
    }

    @Test func `every command of Larder has its categories`() {
        for command in Command.allCases {
            let name = "\(command.specification.name)"
            #expect(CommandCatalog.shared.place(of: name) != nil, "\(name) is in no category")
        }
    }

    @Test func `memcached knows the same users`() throws {
        let fixture = try Self.fixture(
            Self.user("app", keys: ["app:*"]), Self.user("ro", can: ["read"]))
        let client = try fixture.memcachedClient()
        func ask(_ text: String) throws -> String {
            try client.send(text.replacing("|", with: "\r\n"))
            return String(decoding: try client.line(), as: UTF8.self)
        }
        #expect(try ask("get a|") == "CLIENT_ERROR unauthenticated\r\n")
        #expect(try ask("set x 0 0 7|app app|") == "STORED\r\n")
        let refusal = "CLIENT_ERROR no permission\r\n"
        #expect(try ask("set app:1 0 0 1|a|") == "STORED\r\n")
        #expect(try ask("set b 0 0 1|a|") == refusal)
        #expect(try ask("get app:1 b|") == refusal)
        #expect(try ask("stats|") == refusal)
        #expect(try ask("mg b v|") == refusal)
        #expect(try ask("mg app:1 k|") == "HD kapp:1\r\n")
        // In base64: app:1 and b.
        #expect(try ask("mg YXBwOjE= b|") == "HD\r\n")
        #expect(try ask("mg Yg== b|") == refusal)
        #expect(try ask("mg Yg== v bx|") == refusal)
        // The value is no flag: the key is Yg==, and not what that means in base64.
        #expect(try ask("ms YXBwOjE= 1|b|") == refusal)
        #expect(try ask("lru_crawler enable|") == refusal)
        #expect(try ask("watch mutations|") == refusal)
        let large = String(repeating: "x", count: 100_000)
        #expect(try ask("set b 0 0 100000|\(large)|") == refusal)
        #expect(try ask("set b 0 0 100000 noreply|\(large)|get app:1|") == "VALUE app:1 0 1\r\n")
        let reader = try fixture.memcachedClient()
        try reader.send("set x 0 0 5\r\nro ro\r\nset app:2 0 0 1\r\nx\r\nget app:1\r\n")
        #expect(String(decoding: try reader.line(), as: UTF8.self) == "STORED\r\n")
        #expect(String(decoding: try reader.line(), as: UTF8.self) == refusal)
        #expect(String(decoding: try reader.line(), as: UTF8.self) == "VALUE app:1 0 1\r\n")
    }

    @Test func `whoever is taken out, or may do less, is cut`() throws {
        let fixture = try Self.fixture(Self.user("app"), Self.user("gone"), Self.user("less"))
        let clients = try ["app", "gone", "less"].map { name in
            let client = try fixture.client()
            #expect(try client.ask("AUTH", name, name) == "+OK\r\n")
            return client
        }
        var configuration = Configuration()
        configuration.users = [Self.user("app"), Self.user("less", can: ["read"])]
        let shared = fixture.server.shared
        shared.cut(try shared.changeUsers(configuration, UserSecrets(of: configuration)).get())
        #expect(try clients[1].remainder().isEmpty)
        #expect(try clients[2].remainder().isEmpty)
        #expect(try clients[0].ask("GET", "a") == "$-1\r\n")
        #expect(try clients[0].ask("AUTH", "gone", "gone").hasPrefix("-WRONGPASS"))
    }

    private static func changed(_ reason: String) -> String {
        "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the"
            + " EXEC call. This command is no longer allowed for the following reason: no"
            + " permission to \(reason)\r\n"
    }

    /// Only the users are replaced here. A reload cuts the connection besides, but at a moment that
    /// no test foresees, and an EXEC may come before it.
    @Test func `EXEC runs nothing that a reload has forbidden since it was queued`() throws {
        let fixture = try Self.fixture(Self.user("app"), Self.user("gone"))
        let client = try fixture.client()
        let gone = try fixture.client()
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
        #expect(try gone.ask("AUTH", "gone", "gone") == "+OK\r\n")
        for words in [["MULTI"], ["SET", "a", "1"], ["GET", "a"], ["GET", "b"]] {
            _ = try client.ask(words)
            _ = try gone.ask(words)
        }
        var configuration = Configuration()
        configuration.users = [Self.user("app", can: ["read"], keys: ["a"])]
        let table = try UserTable(configuration, UserSecrets(of: configuration))
        let changed = fixture.server.shared.users.replace(by: table)
        #expect(changed.isSuperset(of: ["app", "gone"]))
        try client.send("*1\r\n$4\r\nEXEC\r\n")
        try gone.send("*1\r\n$4\r\nEXEC\r\n")
        let noCommand = Self.changed("execute the command or subcommand")
        let noKey = Self.changed("touch the specified keys")
        for line in ["*3\r\n", noCommand, "$-1\r\n", noKey] {
            #expect(String(decoding: try client.line(), as: UTF8.self) == line)
        }
        for line in ["*3\r\n", noCommand, noCommand, noCommand] {
            #expect(String(decoding: try gone.line(), as: UTF8.self) == line)
        }
        let entries = fixture.store.count(database: 0)
        #expect(entries == 0)
        // The two GETs of who is gone are one entry.
        let log = fixture.server.shared.accessLog.first(10)
        #expect(log.map(\.isInTransaction) == [true, true, true, true])
    }

    @Test func `an AUTH that was queued decides on what follows it`() throws {
        let fixture = try Self.fixture(
            Self.user("app"), Self.user("ro", can: ["read"], channels: ["x"]))
        let client = try fixture.client()
        for words in [
            ["AUTH", "app", "app"], ["MULTI"], ["AUTH", "ro", "ro"], ["SET", "a", "1"],
            ["PUBLISH", "y", "1"], ["AUTH", "app", "app"], ["SET", "a", "2"],
        ] { #expect(try client.ask(words).hasPrefix("+")) }
        try client.send("*1\r\n$4\r\nEXEC\r\n")
        let noCommand = Self.changed("execute the command or subcommand")
        let noChannel = "access one of the channels used as arguments"
        for line in [
            "*5\r\n", "+OK\r\n", noCommand, Self.changed(noChannel), "+OK\r\n", "+OK\r\n",
        ] { #expect(String(decoding: try client.line(), as: UTF8.self) == line) }
    }

    @Test func `guessing is slowed down and logged without the guess`() throws {
        let fixture = try Self.fixture(Self.user("app"))
        let client = try fixture.client()
        for _ in 0..<LoginLimiter.freeFailures {
            #expect(
                try client.ask("AUTH", "app", "hunter2")
                    == "-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        }
        var replies: Set<String> = []
        for _ in 0..<100 { replies.insert(try client.ask("AUTH", "app", "hunter2")) }
        #expect(replies.contains { $0.hasPrefix("-WRONGPASS too many failed logins") })
        // Also for those who know it, from there, until the wait is over.
        let other = try fixture.client()
        #expect(try other.ask("AUTH", "app", "app").hasPrefix("-WRONGPASS too many"))
        #expect(fixture.log.contains { $0.contains("login failed") && $0.contains("user=app") })
        #expect(!fixture.log.contains { $0.contains("hunter2") })
    }

    @Test func `ACL LOG tells who was refused what`() throws {
        let fixture = try Self.fixture(
            Self.user("boss", can: ["admin"]), Self.user("app", keys: ["a"]))
        let client = try fixture.client()
        _ = try client.ask("AUTH", "app", "secret")
        _ = try client.ask("AUTH", "app", "app")
        _ = try client.ask("GET", "b")
        _ = try client.ask("CONFIG", "GET", "x")
        _ = try client.ask("AUTH", "boss", "boss")
        let log = try client.ask("ACL", "LOG")
        #expect(
            log.hasPrefix("*3\r\n*14\r\n$5\r\ncount\r\n:1\r\n$6\r\nreason\r\n$7\r\ncommand\r\n"))
        #expect(
            log.contains("$6\r\nobject\r\n$10\r\nconfig|get\r\n$8\r\nusername\r\n$3\r\napp\r\n"))
        #expect(log.contains("$3\r\nkey\r\n") && log.contains("$6\r\nobject\r\n$1\r\nb\r\n"))
        #expect(log.contains("$4\r\nauth\r\n") && !log.contains("secret"))
        #expect(try client.ask("ACL", "LOG", "RESET") == "+OK\r\n")
        #expect(try client.ask("ACL", "LOG") == "*0\r\n")
    }
}
