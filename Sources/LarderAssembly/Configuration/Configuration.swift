public import LarderRuntime

/// Everything that can be set before the server starts. Each default is the one to keep unless
/// there is a reason.
public struct Configuration: Sendable, Hashable {
    /// Where clients connect.
    public var listen = ListenConfiguration()
    /// Folder for what outlives the process; locked, one server at a time. Beside where one starts
    /// it, so that trying needs no permission.
    public var data = "./larder-data"
    /// What RESP clients must send with AUTH; nil: nothing.
    public var password: String?
    /// Who may log in, besides or instead of those who know `password`.
    public var users: [UserConfiguration] = []
    /// Certificates, and what is asked of clients for theirs.
    public var tls = TLSConfiguration()
    /// The memory level.
    public var memory = MemoryConfiguration()
    /// Connected programs.
    public var clients = ClientsConfiguration()
    /// Messages that clients subscribe to.
    public var pubsub = PubSubConfiguration()
    /// What is written to standard error.
    public var log = LogConfiguration()
    /// The server itself.
    public var server = ServerConfiguration()
    /// Slow commands.
    public var slowlog = SlowlogConfiguration()
    /// Where namespaces load absent keys from.
    public var origins: [OriginConfiguration] = []
    /// What holds for the keys of database 0, by their patterns.
    public var namespaces: [NamespaceConfiguration] = []
    /// Events that held up clients.
    public var latency = LatencyConfiguration()

    /// The defaults.
    public init() {}

    /// Checks every value and what they mean together.
    ///
    /// - Throws: `ConfigurationError` for the first that cannot work.
    public func validate() throws(ConfigurationError) {
        if let first = violations().first { throw first }
    }

    /// All that cannot work.
    public func violations() -> [ConfigurationError] {
        let listening = listen.violations(
            hasPassword: asksForPassword, isProtected: server.isProtected)
        let encryption = tls.violations(
            listen, hasPassword: asksForPassword, isProtected: server.isProtected)
        return listening + encryption + userViolations() + memory.violations()
            + clients.violations() + server.violations() + slowlog.violations()
            + pubsub.violations() + latency.violations() + originViolations()
    }

    /// Each origin has a place of its own for a load.
    private func originViolations() -> [ConfigurationError] {
        guard server.originLoads > 0, origins.count > server.originLoads else { return [] }
        let message =
            "origin-loads is \(server.originLoads), and there are \(origins.count) origins;"
            + " each needs one"
        return [ConfigurationError(field: "server.origin-loads", message: message)]
    }
}

/// What is written to standard error.
public struct LogConfiguration: Sendable, Hashable {
    /// One line per event, for people or for machines. Text: the first reader is a person.
    public var format = LogFormat.text
    /// The least important events that are still written. Starts, stops and changes: `info`.
    public var level = LogLevel.info

    /// The defaults.
    public init() {}
}
