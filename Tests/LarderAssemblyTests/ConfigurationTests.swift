import LarderCore
import Testing

@testable import LarderAssembly

@Suite struct ConfigurationTests {
    private func load(
        _ text: String, environment: [String: String] = [:], flags: [String] = []
    ) throws -> LoadedConfiguration {
        let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
        return try Configuration.load(
            ConfigurationInput(
                file: file, environment: environment, flags: try ServeArguments(flags).flags))
    }

    @Test func `nothing given means the defaults, which hold`() throws {
        let loaded = try Configuration.load(ConfigurationInput())
        #expect(loaded.configuration == Configuration())
        #expect(loaded.warnings == [])
        try Configuration().validate()
    }

    private static let everyKey = """
        listen: { resp: [127.0.0.1:1, "[::1]:2", unix:/run/l.sock], memcached: none }
        data: /var/lib/larder
        password: secret
        memory: { limit: 1.5gb, policy: lru, max-value: 128mb, max-entries: 5 }
        clients: { max: 7, idle: 2m, memory: 32mb, output-limit: 1mb }
        log: { format: json, level: debug }
        server:
          loops: 3
          databases: 4
          io: libevent
          tcp-backlog: 6
          tcp-keepalive: 9s
          protected-mode: no
        slowlog: { threshold: off, length: 8 }
        """

    @Test func `reads every key`() throws {
        let configuration = try load(Self.everyKey).configuration
        #expect(
            configuration.listen.resp == [
                .tcp(host: "127.0.0.1", port: 1), .tcp(host: "::1", port: 2),
                .unix(path: "/run/l.sock"),
            ])
        #expect(configuration.listen.memcached == [])
        #expect(configuration.data == "/var/lib/larder")
        #expect(configuration.password == "secret")
        #expect(configuration.memory.limit == .bytes(1_610_612_736))
        #expect(configuration.memory.policy == .lru)
        #expect(configuration.memory.maxValueBytes == 134_217_728)
        #expect(configuration.memory.maxEntries == 5)
        #expect(configuration.clients.max == 7)
        #expect(configuration.clients.idle == .seconds(120))
        #expect(configuration.clients.memoryBytes == 33_554_432)
        #expect(configuration.clients.outputLimitBytes == 1_048_576)
        #expect(configuration.log.format == .json)
        #expect(configuration.log.level == .debug)
        #expect(configuration.server.loops == 3)
        #expect(configuration.server.databases == 4)
        #expect(configuration.server.io == .libevent)
        #expect(configuration.server.tcpBacklog == 6)
        #expect(configuration.server.tcpKeepalive == .seconds(9))
        #expect(configuration.server.isProtected == false)
        #expect(configuration.slowlog.threshold == nil)
        #expect(configuration.slowlog.length == 8)
        let printed = try load(configuration.yaml + "password: secret").configuration
        #expect(printed == configuration)
    }

    @Test func `what is printed means the same`() throws {
        var configuration = Configuration()
        #expect(try load(configuration.yaml).configuration == configuration)
        configuration.data = "a \"b\"\\ ü: #\u{7}'"
        configuration.listen.memcached = [.tcp(host: "::1", port: 0), .unix(path: "/a b")]
        configuration.memory.limit = .share(Ratio(millionths: 123_456))
        configuration.clients.idle = .milliseconds(1500)
        #expect(try load(configuration.yaml).configuration == configuration)
        for data in ["null", "~", "- a", "a:", "yes", "%a", "#x", " ", "[", "é"] {
            configuration.data = data
            #expect(try load(configuration.yaml).configuration == configuration, "\(data)")
        }
    }

    @Test func `a password is not printed`() {
        var configuration = Configuration()
        #expect(configuration.yaml.contains("# password is not set\n"))
        configuration.password = "secret"
        #expect(configuration.yaml.contains("# password is set, and not shown\n"))
        #expect(configuration.yaml.contains("secret") == false)
    }

    @Test func `a flag wins over the environment, the environment over the file`() throws {
        let text = "memory: { limit: 1gb }\nclients: { max: 1 }\nlog: { level: debug }\n"
        let environment = [
            "LARDER_MEMORY_LIMIT": "2gb", "LARDER_CLIENTS_MAX": "2", "LARDER_LOG_FORMAT": "",
        ]
        let configuration = try load(
            text, environment: environment, flags: ["--memory.limit", "3gb", "--data=x"]
        ).configuration
        #expect(configuration.memory.limit == .bytes(3 << 30))
        #expect(configuration.clients.max == 2)
        #expect(configuration.log.level == .debug)
        #expect(configuration.data == "x")
    }

    @Test func `lists in flags and the environment have commas`() throws {
        let configuration = try load(
            "", environment: ["LARDER_LISTEN_MEMCACHED": "127.0.0.1:1, [::1]:2"],
            flags: ["--listen.resp=localhost:3,127.0.0.2:4", "--listen.resp", "localhost:5"]
        ).configuration
        #expect(configuration.listen.resp.map(\.description) == ["127.0.0.1:5"])
        #expect(configuration.listen.memcached.map(\.description) == ["127.0.0.1:1", "[::1]:2"])
    }

    @Test func `keys of later work are accepted with one warning each`() throws {
        let text = """
            listen: { resp: 127.0.0.1:5273, admin: 127.0.0.1:5275 }
            memory: { policy: auto }

            disk: [ { name: ssd, path: /var/lib/larder/ssd, size: 5gb, medium: ssd } ]
            cold: { s3: "s3://bucket/prefix" }
            remote: { redis-cluster: [redis-1:6379], pool: 4 }
            optimizer: { strategy: auto }
            """
        let loaded = try load(text, flags: ["--disk.size=5", "--listen.admin", "none"])
        #expect(
            loaded.warnings.map(\.description) == [
                "larder.yaml:1:33: 'listen.admin' has no effect yet",
                "larder.yaml:4:1: 'disk' has no effect yet",
                "larder.yaml:5:1: 'cold' has no effect yet",
                "larder.yaml:6:1: 'remote' has no effect yet",
                "larder.yaml:7:1: 'optimizer' has no effect yet",
            ])
        #expect(loaded.configuration == Configuration())
    }

    @Test func `a slip in a variable is told, what others set is not`() throws {
        let environment = [
            "LARDER_MEMROY_LIMIT": "1gb", "LARDER_SERVICE_HOST": "10.0.0.1",
            "LARDER_PORT": "tcp://10.0.0.1:5273", "LARDER_PORT_5273_TCP": "x", "HOME": "/",
        ]
        #expect(
            try load("", environment: environment).warnings.map(\.description) == [
                "environment LARDER_MEMROY_LIMIT: unknown, so it has no effect;"
                    + " did you mean LARDER_MEMORY_LIMIT?"
            ])
    }

    /// P13.
    @Test func `without a password it binds loopback only, unless told twice`() throws {
        let open = "listen: { resp: [127.0.0.1:1, 0.0.0.0:1], memcached: none }\n"
        #expect(throws: ConfigurationProblems.self) { try load(open) }
        #expect(throws: ConfigurationProblems.self) { try load(open + "password: ''") }
        #expect(throws: ConfigurationProblems.self) {
            try load(open + "server: { protected-mode: yes }")
        }
        #expect(throws: Never.self) { try load(open + "server: { protected-mode: no }") }
        #expect(throws: Never.self) { try load(open + "password: x") }
        for host in ["127.0.0.1", "127.8.9.1", "[::1]", "[0:0:0:0:0:0:0:1]", "localhost"] {
            #expect(throws: Never.self, "\(host)") {
                try load("listen: { resp: '\(host):1', memcached: 'unix:/m' }")
            }
        }
        for host in ["0.0.0.0", "10.0.0.1", "128.0.0.1", "[::]", "[::ffff:10.0.0.1]", "[::2]"] {
            #expect(throws: ConfigurationProblems.self, "\(host)") {
                try load("listen: { resp: '\(host):1' }")
            }
        }
    }

    @Test func `the help lists every key with its default`() throws {
        for setting in Setting.all {
            #expect(Configuration.help.contains("  --\(setting.path) "), "\(setting.path)")
        }
        let lines = Configuration.help.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.contains { $0.starts(with: ["--clients.output-limit", "1mb"]) })
        #expect(try ServeArguments(["x", "--help"]).asksForHelp)
    }

    @Test func `no two keys share a name in the environment`() {
        let names = Setting.all.map(\.environmentName)
        #expect(Set(names).count == names.count)
        #expect(names.contains("LARDER_CLIENTS_OUTPUT_LIMIT"))
    }

    @Test func `the memory limit is what was said, or a share`() {
        var memory = MemoryConfiguration()
        #expect(memory.limitBytes(allowed: 8 << 30) == 4 << 30)
        #expect(memory.maxValueBytes(limitBytes: 4 << 30) == 512 << 20)
        #expect(memory.maxValueBytes(limitBytes: 4 << 20) == 1 << 20)
        memory.limit = .bytes(5 << 20)
        memory.maxValueBytes = 4 << 20
        #expect(memory.limitBytes(allowed: 8 << 30) == 5 << 20)
        #expect(memory.maxValueBytes(limitBytes: 5 << 20) == 5 << 19)
    }
}
