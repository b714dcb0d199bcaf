import LarderRuntime

/// One key of the configuration: how it is called, written, read and explained.
///
/// The table `Setting.all` is the only place that knows the keys; the file, the flags, the
/// environment, `--help` and `larder check` all go by it.
struct Setting: Sendable {
    /// The key with its section, such as `memory.limit`.
    let path: String
    /// What it is for, in one line.
    let summary: String
    /// The right form in words.
    let form: String
    /// Whether it takes a list.
    let isList: Bool
    /// Whether the value is kept out of everything that is printed.
    var isSecret = false
    /// Puts the value that the texts mean into a configuration; false when they mean none.
    let assign: @Sendable ([String], inout Configuration) -> Bool
    /// The texts of the value in a configuration.
    let texts: @Sendable (Configuration) -> [String]

    init<Value>(
        _ path: String, _ property: any WritableKeyPath<Configuration, Value> & Sendable,
        _ form: Form<Value>, _ summary: String, isSecret: Bool = false
    ) {
        self.path = path
        self.summary = summary
        self.form = form.description
        self.isSecret = isSecret
        isList = form.isList
        assign = { texts, configuration in
            guard let value = form.read(texts) else { return false }
            configuration[keyPath: property] = value
            return true
        }
        texts = { form.write($0[keyPath: property]) }
    }

    /// The section; nil for a key of its own.
    var section: String? {
        path.split(separator: ".").count == 2 ? String(path.prefix { $0 != "." }) : nil
    }

    /// The key within its section.
    var name: String { path.split(separator: ".").last.map(String.init) ?? path }

    /// As it is called in the environment.
    var environmentName: String {
        "LARDER_" + String(path.map { $0 == "." || $0 == "-" ? "_" : $0 }).uppercased()
    }

    /// What to say about texts that are not of the right form.
    func complaint(about texts: [String]) -> String {
        let shown = isSecret ? "(hidden)" : texts.joined(separator: ", ").clipped
        return "\(name) is '\(shown)'; \(form)"
    }
}

extension Setting {
    /// All keys, in the order in which they are printed.
    static let all: [Setting] =
        listening + tls + memory + clients + pubsub + log + server + slowlog
        + latency

    /// Keys of features that are not there yet: accepted, with a warning.
    static let later = [
        "listen.admin", "disk", "cold", "remote", "optimizer",
    ]

    /// Keys with a form of their own, which only the file can give.
    static let structured = ["users", "origins", "namespaces"]

    /// The sections, in the order in which they are printed.
    static let sections = [
        "listen", "tls", "memory", "clients", "pubsub", "log", "server", "slowlog", "latency",
    ]

    private static let listening = [
        Setting("listen.resp", \.listen.resp, .endpoints, "addresses for RESP (redis) clients"),
        Setting(
            "listen.memcached", \.listen.memcached, .endpoints, "addresses for memcached clients"),
        Setting(
            "listen.resp-tls", \.listen.respTLS, .endpoints, "addresses for RESP over TLS"),
        Setting(
            "listen.memcached-tls", \.listen.memcachedTLS, .endpoints,
            "addresses for memcached over TLS"),
        Setting("data", \.data, .path, "folder for what outlives the process"),
        Setting(
            "password", \.password, .secret, "what RESP clients must send with AUTH",
            isSecret: true),
    ]

    private static let tls = [
        Setting(
            "tls.certificate", \.tls.certificates, .files,
            "certificates (PEM); a client that asks for a name is shown the one that has it"),
        Setting("tls.key", \.tls.keys, .files, "their keys (PEM), in the same order"),
        Setting("tls.ca", \.tls.authorities, .file, "who may sign clients' certificates (PEM)"),
        Setting(
            "tls.client-certificates", \.tls.clientCertificates, .name(),
            "whether clients show certificates: off, optional or required"),
    ]

    private static let memory = [
        Setting("memory.limit", \.memory.limit, .limit, "memory for entries and their metadata"),
        Setting(
            "memory.policy", \.memory.policy, .name(synonyms: [("auto", .s3fifo)]),
            "what decides which entry leaves: s3fifo, lru or fifo"),
        Setting(
            "memory.when-full", \.memory.whenFull, .name(),
            "what a write does when memory is full: evict others, or refuse it"),
        Setting(
            "memory.max-value", \.memory.maxValueBytes, .optional(.size, nilAs: "auto"),
            "largest value; auto: the smaller of 512mb and a quarter of the limit"),
        Setting(
            "memory.max-entries", \.memory.maxEntries, .optional(.count, nilAs: "none"),
            "most entries; none: as many as fit"),
    ]

    private static let clients = [
        Setting("clients.max", \.clients.max, .count, "most connections"),
        Setting("clients.idle", \.clients.idle, .duration, "close after such silence; 0s: never"),
        Setting("clients.memory", \.clients.memoryBytes, .size, "buffers of all connections"),
        Setting(
            "clients.output-limit", \.clients.outputLimitBytes, .size,
            "unread replies after which a client's requests wait"),
    ]

    private static let log = [
        Setting(
            "log.format", \.log.format, .name(), "lines for people (text), or for machines (json)"),
        Setting(
            "log.level", \.log.level, .level,
            "the least important events still written: debug, info, warning or error"),
    ]

    private static let server = [
        Setting(
            "server.loops", \.server.loops, .optional(.count, nilAs: "auto"),
            "event loops (threads); auto: one per processor"),
        Setting("server.databases", \.server.databases, .count, "databases that SELECT reaches"),
        Setting(
            "server.io", \.server.io, .name(), "what waits for the sockets: auto, uring, libevent"),
        Setting("server.tcp-backlog", \.server.tcpBacklog, .count, "connections waiting for us"),
        Setting(
            "server.tcp-keepalive", \.server.tcpKeepalive, .duration,
            "silence before the peer is probed; 0s: never"),
        Setting(
            "server.protected-mode", \.server.isProtected, .yesOrNo,
            "refuse to bind beyond this machine without a password"),
        Setting(
            "server.shutdown", \.server.allowsShutdown, .yesOrNo,
            "let memcached clients end the server: shutdown"),
        Setting(
            "server.origin-loads", \.server.originLoads, .count,
            "most loads under way over all origins"),
    ]

    private static let slowlog = [
        Setting(
            "slowlog.threshold", \.slowlog.threshold, .optional(.duration, nilAs: "off"),
            "commands that take longer are kept for SLOWLOG"),
        Setting("slowlog.length", \.slowlog.length, .count, "how many are kept"),
    ]

    private static let latency = [
        Setting(
            "latency.threshold", \.latency.threshold, .duration,
            "events that take as long are kept for LATENCY; 0s: none")
    ]
}
