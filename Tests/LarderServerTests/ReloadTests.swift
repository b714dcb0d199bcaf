import LarderAssembly
import LarderServer
import LarderTesting
import Testing

@Suite(.onOwnThread) struct ReloadTests {
    private let folder: ScratchFolder
    private let sources: ConfigurationSources

    init() throws {
        folder = try ScratchFolder(["larder.yaml", "larder.yaml.runtime.yaml", "password"])
        folder.write("slowlog: { length: 7 }\n", to: "larder.yaml")
        sources = ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml"), "--memory.limit", "64mb"]),
            environment: [:])
    }

    private func value(_ name: String, _ client: TestClient) throws -> String {
        let reply = try client.ask("CONFIG", "GET", name).split(separator: "\r\n")
        return String(reply.last ?? "")
    }

    @Test func `SIGHUP takes over what changed in the file`() throws {
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        _ = try client.ask("CONFIG", "SET", "slowlog-log-slower-than", "5")
        folder.write("slowlog: { length: 9 }\nserver: { databases: 4 }\n", to: "larder.yaml")
        fixture.server.reload()
        #expect(try value("slowlog-max-len", client) == "9")
        // CONFIG SET lasts until then.
        #expect(try value("slowlog-log-slower-than", client) == "10000")
        #expect(try value("databases", client) == "16")
        #expect(fixture.log.contains { $0.contains("configuration was reloaded") })
        #expect(fixture.log.contains { $0.contains("next start") && $0.contains("databases") })
    }

    @Test func `changed namespaces are in force at once`() throws {
        let fixture = try ServerFixture(sources: sources)
        folder.write("namespaces: [{ match: \"a:{b}\", cache: never }]\n", to: "larder.yaml")
        fixture.server.reload()
        let client = try fixture.client()
        _ = try client.ask("SET", "a:1", "x")
        #expect(try client.ask("EXISTS", "a:1") == ":0\r\n")
    }

    @Test func `a wrong file leaves the settings in force`() throws {
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        for text in ["slowlog: { length: many }\n", "memory: { max-value: 60mb }\n", "- 1\n"] {
            folder.write(text, to: "larder.yaml")
            fixture.server.reload()
            #expect(try value("slowlog-max-len", client) == "7")
        }
        let errors = fixture.log.filter { $0.contains("was not reloaded") }
        #expect(errors.count >= 1 && errors[0].contains("larder.yaml:1:"))
    }

    private static let users = """
        users:
          - name: app
            password-sha256: \(PasswordDigest(of: Array("app".utf8)).hex)

        """

    @Test(arguments: ["", "# nothing yet\n", "users:\n", "slowlog: { length: 9 }\n"])
    func `a file that no longer names the users does not remove them`(text: String) throws {
        folder.write(Self.users, to: "larder.yaml")
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
        folder.write(text, to: "larder.yaml")
        fixture.server.reload()
        #expect(try client.ask("SET", "a", "1") == "+OK\r\n")
        #expect(try fixture.client().ask("GET", "a").hasPrefix("-NOAUTH"))
        #expect(fixture.log.contains { $0.contains("names no users") && $0.contains("users: []") })
        folder.write("users: []\n", to: "larder.yaml")
        fixture.server.reload()
        #expect(try fixture.client().ask("GET", "a") == "$1\r\n1\r\n")
    }

    @Test func `a file that is gone leaves the users in force`() throws {
        folder.write(Self.users, to: "larder.yaml")
        let fixture = try ServerFixture(sources: sources)
        folder.remove("larder.yaml")
        fixture.server.reload()
        #expect(try fixture.client().ask("GET", "a").hasPrefix("-NOAUTH"))
        #expect(fixture.log.contains { $0.contains("cannot be read") })
    }

    @Test func `an empty file does not take the password away`() throws {
        folder.write("password: secret\n", to: "larder.yaml")
        let fixture = try ServerFixture(sources: sources)
        folder.write("", to: "larder.yaml")
        fixture.server.reload()
        #expect(try fixture.client().ask("GET", "a").hasPrefix("-NOAUTH"))
        #expect(fixture.log.contains { $0.contains("it is empty") })
    }

    @Test func `nobody waits for a password file that is read slowly`() throws {
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        folder.makePipe("password")
        folder.write(
            "users: [{ name: app, password-file: \(folder.file("password")) }]\n",
            to: "larder.yaml")
        let thread = BlockingThread { fixture.server.reload() }
        try folder.whileReading("password", "pipe\n") {
            let length = try value("slowlog-max-len", client)
            #expect(length == "7")
        }
        thread.join()
        #expect(try fixture.client().ask("AUTH", "app", "pipe") == "+OK\r\n")
    }

    /// The lock of the settings is held by nobody who logs.
    @Test func `nobody waits for a log that is read slowly`() throws {
        let fixture = try ServerFixture(sources: sources)
        let (client, reader) = (try fixture.client(), try fixture.client())
        var length: String?
        fixture.whileLogIsHeld {
            try? client.send(TestClient.request(["CONFIG", "SET", "slowlog-max-len", "8"]))
            for _ in 0..<20_000 where length != "8" {
                length = try? value("slowlog-max-len", reader)
                if length == nil { break }
            }
        }
        #expect(length == "8")
        #expect(try client.reply() == Array("+OK\r\n".utf8))
    }

    @Test func `CONFIG SET requirepass leaves the passwords of users as they are`() throws {
        folder.write("app\n", to: "password")
        folder.write(
            "users: [{ name: app, password-file: \(folder.file("password")), can: [admin] }]\n",
            to: "larder.yaml")
        let client = try ServerFixture(sources: sources).client()
        _ = try client.ask("AUTH", "app", "app")
        folder.remove("password")
        #expect(try client.ask("CONFIG", "SET", "requirepass", "x") == "+OK\r\n")
        #expect(try client.ask("AUTH", "x") == "+OK\r\n")
        #expect(try client.ask("AUTH", "app", "app") == "+OK\r\n")
    }

    @Test func `CONFIG REWRITE outlives the server`() throws {
        do {
            let client = try ServerFixture(sources: sources).client()
            _ = try client.ask("CONFIG", "SET", "slowlog-max-len", "3", "requirepass", "a \"b")
            _ = try client.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
            #expect(try client.ask("CONFIG", "REWRITE") == "+OK\r\n")
        }
        let text = try #require(folder.text(of: "larder.yaml.runtime.yaml"))
        #expect(text.contains("slowlog:\n  length: 3\n") && text.contains("  when-full: refuse\n"))
        #expect(!text.contains("databases"))
        let fixture = try ServerFixture(sources: sources)
        let client = try fixture.client()
        #expect(try client.ask("AUTH", "a \"b") == "+OK\r\n")
        #expect(try value("slowlog-max-len", client) == "3")
        #expect(try value("maxmemory-policy", client) == "noeviction")
        #expect(fixture.log.contains { $0.contains("CONFIG REWRITE are in force") })
    }

    @Test func `a flag wins over what was rewritten, and that over the file`() throws {
        folder.write(
            "memory: { limit: 32mb }\nslowlog: { length: 3 }\n", to: "larder.yaml.runtime.yaml")
        let loaded = try sources.load().configuration
        #expect(loaded.memory.limit == .bytes(64 << 20))
        #expect(loaded.slowlog.length == 3)
    }

    @Test func `without a file there is nothing to rewrite`() throws {
        let none = ConfigurationSources(arguments: try ServeArguments([]), environment: [:])
        let client = try ServerFixture(sources: none).client()
        #expect(
            try client.ask("CONFIG", "REWRITE")
                == "-ERR The server is running without a config file\r\n")
    }
}
