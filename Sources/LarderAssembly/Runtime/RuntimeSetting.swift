/// One name of CONFIG GET and SET.
struct RuntimeSetting: Sendable {
    /// Takes a text into the settings; the reason when it cannot.
    typealias Change = @Sendable (String, inout RuntimeSettings) -> String?

    /// The name in lower case.
    let name: String
    /// The key of ours that it stands for, which `validate` names; empty for none.
    var path = ""
    /// The value as CONFIG GET shows it.
    let text: @Sendable (RuntimeSettings) -> String
    /// How it is changed; nil when only a restart can.
    var change: Change?

    /// All names: redis's first, then our own.
    static let all: [RuntimeSetting] =
        memory + clients + server + tls + pubsub + absent + own

    /// Our keys that a running server can take over.
    static let changeable: Set<String> = [
        "memory.limit", "memory.max-value", "clients.max", "clients.idle", "clients.memory",
        "clients.output-limit", "log.level", "server.tcp-keepalive", "server.protected-mode",
        "slowlog.threshold", "slowlog.length", "latency.threshold", "memory.when-full", "password",
        "pubsub.events", "pubsub.output-limit", "pubsub.output-soft-limit",
        "pubsub.output-soft-time",
        "tls.certificate", "tls.key", "tls.ca", "tls.client-certificates",
    ]

    private static let own: [RuntimeSetting] = Setting.all.map { setting in
        RuntimeSetting(
            name: setting.path, path: setting.path,
            text: { setting.texts($0.configuration).joined(separator: ",") },
            change: changeable.contains(setting.path) ? change(of: setting) : nil)
    }

    private static func change(of setting: Setting) -> Change {
        { text, settings in
            let texts = setting.isList ? text.split(separator: ",").map(String.init) : [text]
            let isRead = setting.assign(texts, &settings.configuration)
            return isRead ? nil : setting.complaint(about: [text])
        }
    }

    private static let memory = [
        RuntimeSetting(
            name: "maxmemory", path: "memory.limit", text: { "\($0.memoryLimitBytes)" },
            change: { text, settings in
                guard let count = RedisText.memory(text) else { return RedisText.notMemory }
                // Redis's "no limit" would end in the hands of the OOM killer; ours is the default.
                let isAutomatic = count == 0
                settings.configuration.memory.limit =
                    isAutomatic ? MemoryConfiguration().limit : .bytes(count)
                return nil
            }),
        RuntimeSetting(
            name: "maxmemory-policy", text: { $0.fullMemory.rawValue },
            change: { text, settings in
                let name = text.lowercased()
                if let mode = RuntimeSettings.FullMemory(rawValue: name) {
                    settings.fullMemory = mode
                    return nil
                }
                guard RedisText.volatilePolicies.contains(name) else { return RedisText.notAPolicy }
                return "'\(name)' is not supported: entries without a TTL may leave too;"
                    + " use allkeys-lru, or noeviction"
            }),
        RuntimeSetting(
            name: "proto-max-bulk-len", path: "memory.max-value", text: { "\($0.maxValueBytes)" },
            change: { text, settings in
                guard let count = RedisText.memory(text) else { return RedisText.notMemory }
                guard count >= 1 << 20 else { return RedisText.range(1 << 20, .max) }
                settings.configuration.memory.maxValueBytes = count
                return nil
            }),
    ]

    private static let clients = [
        RuntimeSetting(
            name: "maxclients", path: "clients.max", text: { "\($0.configuration.clients.max)" },
            change: number(1...4_294_967_295) { $0.configuration.clients.max = $1 }),
        RuntimeSetting(
            name: "timeout", path: "clients.idle",
            text: { "\($0.configuration.clients.idle.components.seconds)" },
            change: number(0...2_147_483_647) { $0.configuration.clients.idle = .seconds($1) }),
        RuntimeSetting(
            name: "maxmemory-clients", path: "clients.memory",
            text: { "\($0.configuration.clients.memoryBytes)" }),
        RuntimeSetting(
            name: "tcp-keepalive", path: "server.tcp-keepalive",
            text: { "\($0.configuration.server.tcpKeepalive.components.seconds)" },
            change: number(0...2_147_483_647) {
                $0.configuration.server.tcpKeepalive = .seconds($1)
            }),
        RuntimeSetting(
            name: "requirepass", path: "password", text: { $0.configuration.password ?? "" },
            change: { text, settings in
                settings.configuration.password = text.isEmpty ? nil : text
                return nil
            }),
        RuntimeSetting(
            name: "protected-mode", path: "server.protected-mode",
            text: { $0.configuration.server.isProtected ? "yes" : "no" },
            change: { text, settings in
                guard let isOn = RedisText.yesOrNo(text) else { return RedisText.notYesOrNo }
                settings.configuration.server.isProtected = isOn
                return nil
            }),
    ]

    private static let server = [
        RuntimeSetting(
            name: "loglevel", path: "log.level",
            text: { RedisText.logLevel($0.configuration.log.level) },
            change: { text, settings in
                guard let level = RedisText.logLevels[text.lowercased()] else {
                    return RedisText.notALogLevel
                }
                settings.configuration.log.level = level
                return nil
            }),
        RuntimeSetting(
            name: "slowlog-log-slower-than", path: "slowlog.threshold",
            text: { $0.configuration.slowlog.threshold.map { "\($0.microseconds)" } ?? "-1" },
            change: number(-1 ... .max) {
                $0.configuration.slowlog.threshold = $1 < 0 ? nil : .microseconds($1)
            }),
        RuntimeSetting(
            name: "slowlog-max-len", path: "slowlog.length",
            text: { "\($0.configuration.slowlog.length)" },
            change: number(0 ... .max) { $0.configuration.slowlog.length = $1 }),
        RuntimeSetting(
            name: "latency-monitor-threshold", path: "latency.threshold",
            text: { "\($0.configuration.latency.threshold.microseconds / 1000)" },
            change: number(0 ... .max) {
                $0.configuration.latency.threshold = .milliseconds($1)
            }),
        RuntimeSetting(name: "latency-tracking", text: { _ in "yes" }),
        RuntimeSetting(name: "latency-tracking-info-percentiles", text: { _ in "50 99 99.9" }),
        RuntimeSetting(name: "enable-debug-command", text: { _ in "no" }),
        RuntimeSetting(name: "enable-module-command", text: { _ in "no" }),
        RuntimeSetting(name: "cluster-enabled", text: { _ in "no" }),
        RuntimeSetting(name: "databases", text: { "\($0.configuration.server.databases)" }),
        RuntimeSetting(name: "tcp-backlog", text: { "\($0.configuration.server.tcpBacklog)" }),
        RuntimeSetting(name: "port", text: { "\(RedisText.port($0.configuration.listen.resp))" }),
        RuntimeSetting(name: "bind", text: { RedisText.hosts($0.configuration.listen.resp) }),
        RuntimeSetting(name: "unixsocket", text: { RedisText.path($0.configuration.listen.resp) }),
        RuntimeSetting(name: "dir", text: { $0.configuration.data }),
        RuntimeSetting(name: "io-threads", text: { "\($0.configuration.server.loops ?? 1)" }),
        RuntimeSetting(name: "hz", text: { _ in "10" }),
    ]

    /// What programs ask about and Larder does not do: they may only switch it off.
    private static let absent = [
        RuntimeSetting(
            name: "save", text: { _ in "" },
            change: { text, _ in
                text.isEmpty ? nil : "Larder writes no snapshots; only \"\" is taken"
            }),
        RuntimeSetting(
            name: "appendonly", text: { _ in "no" },
            change: { text, _ in
                guard let isOn = RedisText.yesOrNo(text) else { return RedisText.notYesOrNo }
                return isOn ? "Larder writes no append-only file; only 'no' is taken" : nil
            }),
    ]

    /// A change by a whole number within `bounds`.
    private static func number(
        _ bounds: ClosedRange<Int>,
        _ apply: @escaping @Sendable (inout RuntimeSettings, Int) -> Void
    ) -> Change {
        { text, settings in
            guard let value = RedisText.integer(text) else { return RedisText.notInteger }
            guard bounds.contains(value) else {
                return RedisText.range(bounds.lowerBound, bounds.upperBound)
            }
            apply(&settings, value)
            return nil
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int {
        Int(clamping: attoseconds / 1_000_000_000_000)
    }
}
