import Testing

@testable import LarderAssembly

/// The texts are those of redis-server 7.0.15, unless a comment says otherwise.
@Suite struct RuntimeSettingsTests {
    private let settings = RuntimeSettings(Configuration(), allowedBytes: 8 << 30)

    private func failure(_ arguments: [String]) -> String? {
        var changed = settings
        do throws(RuntimeSettingFailure) {
            _ = try changed.set(arguments)
            return nil
        } catch {
            #expect(changed == settings, "a refused change leaves no trace")
            return error.message
        }
    }

    static let integer = "argument couldn't be parsed into an integer"
    static let policies =
        "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random,"
        + " volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"
    static let events = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
    static let refused: [([String], String)] = [
        (["maxmemory", "abc"], "argument must be a memory value"),
        (["maxmemory", "1.5gb"], "argument must be a memory value"),
        (["maxmemory", "-5"], "argument must be a memory value"),
        (["maxmemory", "1 gb"], "argument must be a memory value"),
        (["maxmemory", "1tb"], "argument must be a memory value"),
        (["maxmemory", "100mb", "maxmemory", "5"], "duplicate parameter"),
        (["maxmemory-policy", "LRU"], policies),
        (["maxclients", "abc"], integer),
        (["maxclients", " 5"], integer),
        (["maxclients", "05"], integer),
        (["maxclients", "0"], "argument must be between 1 and 4294967295 inclusive"),
        (["timeout", "-1"], "argument must be between 0 and 2147483647 inclusive"),
        (["tcp-keepalive", "300s"], integer),
        (["appendonly", "maybe"], "argument must be 'yes' or 'no'"),
        (["protected-mode", "foo"], "argument must be 'yes' or 'no'"),
        (["databases", "5"], "can't set immutable config"),
        (["tcp-backlog", "5"], "can't set immutable config"),
        (["unixsocket", "x"], "can't set immutable config"),
        (
            ["loglevel", "foo"],
            "argument(s) must be one of the following: debug, verbose, notice, warning"
        ),
        (
            ["slowlog-max-len", "-1"],
            "argument must be between 0 and 9223372036854775807 inclusive"
        ),
        (["slowlog-log-slower-than", "abc"], integer),
        (
            ["proto-max-bulk-len", "5"],
            "argument must be between 1048576 and 9223372036854775807 inclusive"
        ),
        (["proto-max-bulk-len", "abc"], "argument must be a memory value"),
        (["notify-keyspace-events", "foo"], events),
        // Ours.
        (["port", "7"], "can't set immutable config"),
        (["memory.policy", "lru"], "can't set immutable config"),
        (["save", "900 1"], "Larder writes no snapshots; only \"\" is taken"),
        (["appendonly", "yes"], "Larder writes no append-only file; only 'no' is taken"),
        (
            ["notify-keyspace-events", "K?"],
            "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
        ),
        (
            ["maxmemory-policy", "volatile-lru"],
            "'volatile-lru' is not supported: entries without a TTL may leave too; use allkeys-lru,"
                + " or noeviction"
        ),
        (["maxmemory", "100"], "limit is 100; it needs at least 1mb"),
        (["maxclients", "99999999"], "max is 99999999; it is at least 1 and at most 1000000"),
        (
            ["clients.idle", "5"],
            "idle is '5'; a duration is a number with ms, s, m, h or d, such as 2.5s"
        ),
    ]

    @Test(arguments: refused)
    func `refuses a wrong value with redis's text`(arguments: [String], reason: String) {
        let text =
            "ERR CONFIG SET failed (possibly related to argument '\(arguments[0])') - \(reason)"
        #expect(failure(arguments) == text)
    }

    @Test func `refuses unknown names and odd counts before all else`() {
        let unknown = "ERR Unknown option or number of arguments for CONFIG SET - 'foo'"
        #expect(failure(["foo", "1"]) == unknown)
        #expect(failure(["FOO", "1"]) == unknown)
        #expect(failure(["maxmemory", "abc", "foo", "1"]) == unknown)
        #expect(failure(["timeout", "5", "foo"]) == "ERR syntax error")
        #expect(failure([]) == "ERR syntax error")
    }

    @Test func `changes all or nothing`() throws {
        #expect(
            failure(["timeout", "5", "maxclients", "abc"])
                == "ERR CONFIG SET failed (possibly related to argument 'maxclients') - "
                + Self.integer)
        var changed = settings
        #expect(
            try changed.set(["timeout", "5", "MAXCLIENTS", "7", "maxmemory-policy", "noeviction"])
                == ["clients.idle", "clients.max", "maxmemory-policy", "memory.when-full"])
        #expect(changed.configuration.clients.idle == .seconds(5))
        #expect(changed.configuration.clients.max == 7)
        #expect(changed.fullMemory == .noEviction)
        #expect(try changed.set(["timeout", "5"]) == [], "nothing differs")
    }

    static let accepted: [(String, String, String)] = [
        ("maxmemory", "100mb", "104857600"), ("maxmemory", "1GB", "1073741824"),
        ("maxmemory", "5000000", "5000000"), ("maxmemory", "2m", "2000000"),
        ("maxmemory", "0", "4294967296"), ("maxmemory-policy", "ALLKEYS-LFU", "allkeys-lfu"),
        ("maxmemory-policy", "noeviction", "noeviction"), ("maxclients", "5", "5"),
        ("timeout", "30", "30"), ("tcp-keepalive", "60", "60"), ("save", "", ""),
        ("appendonly", "NO", "no"), ("notify-keyspace-events", "", ""), ("requirepass", "x", "x"),
        ("requirepass", "", ""), ("protected-mode", "no", "no"), ("loglevel", "DEBUG", "debug"),
        ("loglevel", "verbose", "notice"), ("slowlog-max-len", "5", "5"),
        ("slowlog-log-slower-than", "-1", "-1"), ("slowlog-log-slower-than", "1500", "1500"),
        ("proto-max-bulk-len", "2mb", "2097152"), ("memory.limit", "10%", "10%"),
        ("memory.max-value", "auto", "auto"), ("slowlog.threshold", "off", "off"),
        ("clients.output-limit", "1mb", "1mb"), ("log.level", "error", "error"),
    ]

    @Test(arguments: accepted)
    func `shows what was set`(name: String, value: String, shown: String) throws {
        var changed = settings
        _ = try changed.set([name, value])
        #expect(changed.get([name]).map(\.value) == [shown])
        try changed.configuration.validate()
    }

    @Test func `both names of a setting are one`() throws {
        var changed = settings
        #expect(try changed.set(["maxmemory", "100mb"]) == ["memory.limit"])
        #expect(changed.get(["memory.limit"]).map(\.value) == ["100mb"])
        #expect(changed.memoryLimitBytes == 104_857_600)
        #expect(changed.maxValueBytes == 26_214_400)
    }

    @Test func `nobody can open the door afterwards`() throws {
        var configuration = Configuration()
        configuration.listen.resp = [.tcp(host: "0.0.0.0", port: 1)]
        configuration.password = "x"
        var open = RuntimeSettings(configuration, allowedBytes: 1 << 30)
        #expect(throws: RuntimeSettingFailure.self) { try open.set(["requirepass", ""]) }
        #expect(open.configuration.password == "x")
        #expect(throws: Never.self) { try open.set(["protected-mode", "no", "requirepass", ""]) }
    }

    @Test func `shows redis's defaults where they are ours`() {
        let shown = settings.get([
            "maxmemory", "maxmemory-policy", "maxclients", "timeout", "tcp-keepalive", "databases",
            "port", "bind", "save", "appendonly", "loglevel", "proto-max-bulk-len",
            "slowlog-log-slower-than", "slowlog-max-len", "notify-keyspace-events", "hz",
            "tcp-backlog", "unixsocket", "requirepass", "protected-mode",
        ])
        #expect(
            shown.map(\.value) == [
                "4294967296", "allkeys-lru", "10000", "0", "300", "16", "5273", "127.0.0.1", "",
                "no",
                "notice", "536870912", "10000", "128", "", "10", "511", "", "", "yes",
            ])
    }

    @Test func `patterns match as in redis`() {
        #expect(
            settings.get(["slowlog-*"]).map(\.name) == [
                "slowlog-log-slower-than", "slowlog-max-len",
            ])
        #expect(
            settings.get(["[m-n]axm*", "maxm*y"]).map(\.name)
                == ["maxmemory", "maxmemory-policy", "maxmemory-clients"])
        #expect(settings.get(["MAXMemory"]).map(\.name) == ["MAXMemory"])
        #expect(settings.get(["MAXC*"]).map(\.name) == ["maxclients"])
        #expect(settings.get(["nonexist", ""]).isEmpty)
        #expect(settings.get(["*"]).count == RuntimeSetting.all.count)
        #expect(settings.get(["*", "*", "hz"]).count == RuntimeSetting.all.count)
    }

    @Test func `every name is there once`() {
        let names = RuntimeSetting.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0 == $0.lowercased() })
        #expect(RuntimeSetting.changeable.isSubset(of: names))
    }

    @Test(arguments: [
        ("*", "", true), ("", "", true), ("", "a", false), ("a*c", "abbc", true),
        ("a*c", "abb", false),
        ("?", "a", true), ("?", "", false), ("[abc]x", "bx", true), ("[^abc]x", "bx", false),
        ("[c-a]", "b", true), ("[a-]", "-", false), ("[a-]", "^", true), ("\\*", "*", true),
        ("\\*", "a", false),
        ("a\\", "a\\", true), ("[a", "a", true), ("[", "a", false), ("**a**", "bab", true),
        ("[\\]]", "]", true), ("*a*b*", "xaxbx", true), ("A", "a", true),
    ])
    func `matches globs`(pattern: String, name: String, isMatch: Bool) {
        #expect(GlobPattern(pattern).matches(name) == isMatch)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = GlobPattern(String(repeating: "*a", count: 2000) + "b")
        #expect(pattern.matches(String(repeating: "a", count: 4000)) == false)
    }
}
