import Glibc
public import LarderAssembly
import LarderCore
package import LarderMemory
import LarderRuntime

/// A running cache server: a store, its loops, and the ports they serve.
public final class Server: Sendable {
    private let group: LoopGroup<ServerHandler>
    let shared: ServerShared
    private let logger: Logger

    /// Time that clients have to take what was sent, when the server ends.
    private static var drainDuration: Duration { .seconds(5) }

    /// Makes the store and binds the ports. Nothing is served yet.
    ///
    /// Call it before other threads start: it blocks SIGTERM, SIGINT and SIGHUP in this one.
    ///
    /// - Throws: `ServerFailure` that names the address or the value, and the cause.
    public convenience init(
        _ configuration: Configuration, version: String, logger: Logger,
        sources: ConfigurationSources? = nil
    ) throws(ServerFailure) {
        try self.init(
            configuration, version: version, logger: logger, sources: sources, endsOnSignal: true)
    }

    /// A server that signals do not end, for use beside others in one process; with `origins` in
    /// place of those that the configuration describes.
    package init(
        _ configuration: Configuration, version: String, logger: Logger,
        sources: ConfigurationSources? = nil, endsOnSignal: Bool, origins: OriginSet? = nil
    ) throws(ServerFailure) {
        let users = try Self.users(of: configuration)
        _ = signal(SIGPIPE, SIG_IGN)
        // Before the origins start their threads.
        if endsOnSignal { Signals.block() }
        let allowed = MemoryAllowance.current().byteCount
        let settings = RuntimeSettings(configuration, allowedBytes: allowed)
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let loopCount = configuration.server.loops ?? processors
        let now = MonotonicClock.now()
        let store = ByteStore(
            Self.storeConfiguration(settings, loopCount: loopCount), at: Moment(now))
        let certificates = try Self.certificates(configuration, logger)
        let shared = try ServerShared(
            store: store, settings: settings, loopCount: loopCount, logger: logger,
            version: version, users: users, now: now, sources: sources,
            certificates: certificates, origins: origins)
        self.shared = shared
        self.logger = logger
        let runtime = Self.runtime(configuration, shared, loopCount, endsOnSignal: endsOnSignal)
        do throws(RuntimeError) {
            group = try LoopGroup(runtime) { context in
                ServerHandler(shared, context: context)
            }
        } catch {
            throw ServerFailure(description: error.description)
        }
        for context in group.contexts { shared.traffic.add(context) }
        shared.pubsub.contexts = group.contexts
        shared.end.onBegin { [weak group] in group?.stop(drain: Self.drainDuration) }
        shared.port = group.addresses.lazy.compactMap(\.port).first.map(Int.init) ?? 0
        announce(configuration, settings, loopCount)
    }

    /// What keeps a server from starting with these users: rights that there are not, and passwords
    /// that cannot be read; the first of each user.
    public static func userProblems(_ loaded: LoadedConfiguration) -> [ConfigurationProblem] {
        loaded.configuration.users.compactMap { user in
            do throws(UserFailure) {
                _ = try User(user, digests: UserSecrets.digests(reading: user))
                return nil
            } catch {
                return ConfigurationProblem(
                    source: loaded.places.source(of: error.key, element: error.element),
                    message: error.description)
            }
        }
    }

    /// Who may log in, by a configuration that is right.
    private static func users(
        of configuration: Configuration
    ) throws(ServerFailure) -> UserTable {
        do throws(ConfigurationError) {
            try configuration.validate()
        } catch {
            throw ServerFailure(description: error.description)
        }
        do throws(UserFailure) {
            return try UserTable(configuration, UserSecrets(of: configuration))
        } catch {
            throw ServerFailure(description: error.description)
        }
    }

    private static func runtime(
        _ configuration: Configuration, _ shared: ServerShared, _ loopCount: Int,
        endsOnSignal: Bool
    ) -> RuntimeConfiguration {
        var runtime = runtimeConfiguration(configuration, loopCount: loopCount)
        runtime.subscriberLimits = shared.subscriberLimits
        addTLS(to: &runtime, shared)
        runtime.drainOnSignal = endsOnSignal ? drainDuration : nil
        runtime.onHangup = { shared.reload() }
        return runtime
    }

    /// Serves until SIGTERM or SIGINT, then answers what was received, and returns.
    ///
    /// - Throws: `ServerFailure` when the system gives no thread or event loop.
    public func run() throws(ServerFailure) {
        try start()
        wait()
    }

    /// Starts the loops, and returns when all of them serve.
    package func start() throws(ServerFailure) {
        do throws(RuntimeError) {
            try group.start()
        } catch {
            throw ServerFailure(description: error.description)
        }
    }

    /// Asks the loops to end: what was received is answered, and sent for at most `drain`.
    package func stop(drain: Duration) {
        group.stop(drain: drain)
    }

    /// Waits until all loops have ended.
    package func wait() {
        group.wait()
        logger.info("stopped")
        logger.flush()
    }

    /// What SIGHUP does.
    package func reload() {
        shared.reload()
    }

    /// The ports of the internet addresses, those of RESP first.
    package var ports: [UInt16] { group.addresses.compactMap(\.port) }

    /// What the server keeps.
    package var store: ByteStore { shared.store }

    private func announce(
        _ configuration: Configuration, _ settings: RuntimeSettings, _ loopCount: Int
    ) {
        for warning in group.warnings { logger.warning(warning) }
        if settings.memoryLimitBytes > settings.allowedBytes {
            let allowed = ByteCount(settings.allowedBytes).rounded
            logger.warning(
                "memory.limit is more than this process may use", ["allowed": .text(allowed)])
        }
        if let sources = shared.sources, sources.hasRuntimeFile {
            logger.info(
                "settings of CONFIG REWRITE are in force",
                ["file": .text(sources.runtimeFile ?? "")])
        }
        let limit = ByteCount(settings.memoryLimitBytes)
        let addresses = group.addresses.map { "\($0)" }.joined(separator: " ")
        logger.info(
            "listening",
            [
                "addresses": .text(addresses), "memory": .text(limit.rounded),
                "policy": .text("\(configuration.memory.policy)"), "loops": .integer(loopCount),
                "shards": .integer(shared.store.shardCount), "version": .text(shared.version),
            ])
    }

    private static func storeConfiguration(
        _ settings: RuntimeSettings, loopCount: Int
    ) -> LarderMemory.MemoryConfiguration {
        let memory = settings.configuration.memory
        var store = LarderMemory.MemoryConfiguration()
        store.limit = .init(bytes: settings.memoryLimitBytes)
        store.entryMax = memory.maxEntries ?? 0
        store.valueMax = settings.maxValueBytes
        store.databaseCount = settings.configuration.server.databases
        store.loopCount = loopCount
        store.hashSeed = .random(in: 0 ... .max)
        store.policy =
            switch memory.policy {
            case .s3fifo: .s3fifo
            case .lru: .lru
            case .fifo: .fifo
            }
        return store
    }

    private static func runtimeConfiguration(
        _ configuration: Configuration, loopCount: Int
    ) -> RuntimeConfiguration {
        var runtime = RuntimeConfiguration()
        runtime.listeners =
            configuration.listen.resp.map { listener($0, .resp, configuration) }
            + configuration.listen.memcached.map { listener($0, .memcached, configuration) }
            + tlsListeners(configuration)
        runtime.loopCount = loopCount
        runtime.backend =
            switch configuration.server.io {
            case .auto: .auto
            case .libevent: .libevent
            case .uring: .uring
            }
        runtime.maximumConnections = configuration.clients.max
        runtime.idleTimeout = configuration.clients.idle
        runtime.keepAlive = configuration.server.tcpKeepalive
        runtime.clientMemoryLimit = configuration.clients.memoryBytes
        runtime.pendingSoftLimit = configuration.clients.outputLimitBytes
        return runtime
    }

    static func listener(
        _ endpoint: LarderAssembly.Endpoint, _ dialect: ClientConnection.Dialect,
        _ configuration: Configuration
    ) -> ListenerConfiguration {
        let place: ListenerConfiguration.Endpoint =
            switch endpoint {
            case .tcp(let host, let port): .tcp(address: host, port: port)
            case .unix(let path): .unix(path: path, mode: 0o770)
            }
        var listener = ListenerConfiguration(place, tag: dialect.rawValue)
        listener.backlog = Int32(clamping: configuration.server.tcpBacklog)
        return listener
    }
}

/// Why a server could not start, in a sentence.
public struct ServerFailure: Error, CustomStringConvertible {
    /// What was asked for, and what stood in the way.
    public let description: String
}
