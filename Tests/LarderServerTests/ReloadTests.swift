import LarderAssembly
import LarderServer
import LarderTesting
import Testing

@Suite struct ReloadTests {
    private let folder: ScratchFolder
    private let sources: ConfigurationSources

    init() throws {
        folder = try ScratchFolder(["larder.yaml", "larder.yaml.runtime.yaml"])
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
