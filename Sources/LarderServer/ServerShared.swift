import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

/// What the loops of a server share.
final class ServerShared: Sendable {
    let store: ByteStore
    let clients = ClientRegistry()
    let traffic = Traffic()
    let wall = WallOffset()
    let rate: RateMeter
    let inputRate: RateMeter
    let outputRate: RateMeter
    private let resetCounts = Guarded(TrafficCounts())
    let counters: [CommandCounters]
    let logger: Logger
    let startedAt: Tick
    /// In seconds since 1970.
    let startedAtSeconds = Int64(WallClock.now().seconds)
    /// Bytes that the store held when it was empty.
    let startupBytes: Int
    let runID: String
    let version: String
    /// Arguments above this are refused before they arrive.
    let valueMax: Int
    /// Bytes that one client may queue between MULTI and EXEC.
    let transactionBytesMax: Int
    let keepers: [HousekeepingMeter]
    let memcached = MemcachedShared()
    let users: UserDirectory
    let logins = LoginGuard()
    let accessLog = AccessLog()
    let pause = ClientPause()
    let end = ServerEnd()
    let errors = ErrorCounts()
    let slowLog = SlowLog()
    let latency = LatencyMonitor()
    let timing = TimingSettings()
    let monitors = Monitors()
    /// Where the configuration came from; nil for a server without one.
    let sources: ConfigurationSources?
    let pubsub: PubSub
    let subscriberLimits = SubscriberLimits()
    let interests: EventInterests
    /// Relaxed: who changes them does not wait for the loops.
    private let eventBits = Atomic<UInt32>(0)
    /// Nil when no listener uses TLS.
    let certificates: CertificateKeeper?
    let settings: Guarded<RuntimeSettings>
    let leases: Leases
    let namespaces: NamespaceKeeper
    private let tcpPort = Atomic<Int>(0)

    init(
        store: ByteStore, settings: RuntimeSettings, loopCount: Int, logger: Logger,
        version: String, users: UserTable = UserTable(), now: Tick,
        sources: ConfigurationSources? = nil,
        certificates: CertificateKeeper? = nil, origins: OriginSet? = nil
    ) throws(ServerFailure) {
        self.sources = sources
        self.store = store
        self.logger = logger
        self.version = version
        self.certificates = certificates
        startedAt = now
        startupBytes = store.budget.used
        rate = RateMeter(now: now)
        inputRate = RateMeter(now: now)
        outputRate = RateMeter(now: now)
        counters = (0..<loopCount).map { _ in CommandCounters() }
        keepers = (0..<loopCount).map { _ in HousekeepingMeter() }
        valueMax = store.valueMax
        transactionBytesMax = settings.configuration.clients.memoryBytes / 2
        self.users = UserDirectory(users)
        pubsub = PubSub(loopCount: loopCount)
        interests = EventInterests(store.events)
        self.settings = Guarded(settings)
        leases = try Leases(
            settings.configuration.namespaces, store: store, traffic: traffic,
            loopCount: loopCount)
        namespaces = try NamespaceKeeper(
            settings.configuration, store: store, traffic: traffic, leases: leases,
            loopCount: loopCount, logger: logger)
        if let first = try namespaces.prepare(settings.configuration, origins) {
            namespaces.install(first, settings.configuration)
        }
        var random = SystemRandomNumberGenerator()
        runID = (0..<5).map { _ in
            let word = String(UInt32.random(in: 0 ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 8 - word.count) + word
        }.joined()
        carryOut([], settings)
    }

    /// A store for the entries of one command.
    func makeScratch(at now: Moment) -> ByteStore {
        var scratch = LarderMemory.MemoryConfiguration()
        scratch.limit = .init(bytes: max(64 << 20, 4 * valueMax))
        scratch.valueMax = valueMax
        scratch.databaseCount = store.databaseCount
        scratch.loopCount = 1
        return ByteStore(scratch, at: now)
    }

    /// The counters of the loops at the last CONFIG RESETSTAT.
    var counted: TrafficCounts {
        get { resetCounts.withLock { $0 } }
        set { resetCounts.withLock { $0 = newValue } }
    }

    /// The keyspace events that are sent.
    var eventClasses: EventClasses { EventClasses(rawValue: eventBits.load(ordering: .relaxed)) }

    private func carryOut(_ pubsub: PubSubConfiguration) {
        eventBits.store(pubsub.events.rawValue, ordering: .relaxed)
        interests.set(pubsub.events.kinds, for: .keyspace)
        subscriberLimits.hardBytes = pubsub.outputLimitBytes
        subscriberLimits.softBytes = pubsub.outputSoftLimitBytes
        subscriberLimits.softDuration = pubsub.outputSoftTime
    }

    var currentSettings: RuntimeSettings { settings.withLock { $0 } }

    /// Whether a client that has not logged in is served nothing.
    var needsPassword: Bool { !users.current.standard.isOpenAndEnabled }

    var port: Int {
        get { tcpPort.load(ordering: .relaxed) }
        set { tcpPort.store(newValue, ordering: .relaxed) }
    }

    /// What the loops and the store take from the configuration once, when they start, by redis's
    /// names.
    static let fixedSettings = [
        "clients.max": "maxclients", "clients.idle": "timeout",
        "server.tcp-keepalive": "tcp-keepalive", "memory.max-value": "proto-max-bulk-len",
        "clients.memory": "clients.memory", "clients.output-limit": "clients.output-limit",
        "server.protected-mode": "protected-mode",
    ]

    /// Changes settings as CONFIG SET does, and carries the changes out: both under one lock, so
    /// that of two clients the one whose settings stay has the last word everywhere.
    func set(_ arguments: [String]) throws(SettingRefusal) {
        let context = try preparedContext(arguments)
        let outcome = settings.withLock { current -> Result<Taken, SettingRefusal> in
            var tried = current
            do throws(RuntimeSettingFailure) {
                let changed = try tried.set(arguments)
                if let fixed = changed.lazy.compactMap({ Self.fixedSettings[$0] }).first {
                    return .failure(.immutable(fixed))
                }
                guard tried.memoryLimitBytes >= store.limitMin else {
                    return .failure(.tooLittleMemory(store.limitMin))
                }
                if let context, context.configuration != tried.configuration.tls {
                    return .failure(.unusableCertificates("tls-cert-file"))
                }
                var cut: Set<String> = []
                if changed.contains("password") {
                    // The users are the same, and so are their own passwords.
                    switch changeUsers(tried.configuration, users.current.secrets) {
                    case .success(let names): cut = names
                    case .failure(let refusal): return .failure(refusal)
                    }
                }
                if let context { certificates?.install(context) }
                current = tried
                carryOut(changed, tried)
                return .success(Taken(changed: changed, users: cut))
            } catch {
                return .failure(SettingRefusal(message: error.message))
            }
        }
        let taken = try outcome.get()
        if let context { certificates?.tellInstalled(context) }
        let names = taken.changed.sorted().joined(separator: " ")
        if !names.isEmpty { logger.info("settings changed", ["names": .text(names)]) }
        cut(taken.users)
    }

    /// What a change of the settings, or a reload, has changed.
    struct Taken {
        let changed: Set<String>
        /// Settings that take effect at the next start.
        var waiting: [String] = []
        /// Those to be cut.
        let users: Set<String>
    }

    /// Makes settings true. The lock of the settings is held, so it only stores.
    func carryOut(_ changed: Set<String>, _ settings: RuntimeSettings) {
        if changed.contains("memory.limit") {
            store.setLimit(.init(bytes: settings.memoryLimitBytes))
        }
        store.evicts = settings.fullMemory != .noEviction
        timing.adopt(settings.configuration)
        carryOut(settings.configuration.pubsub)
        if changed.contains("log.level") { logger.level = settings.configuration.log.level }
    }
}

/// Why CONFIG SET changed nothing, in redis's words.
struct SettingRefusal: Error {
    let message: String

    /// The store's tables alone would take more.
    static func tooLittleMemory(_ least: Int) -> SettingRefusal {
        SettingRefusal(
            message: "ERR CONFIG SET failed (possibly related to argument 'maxmemory')"
                + " - argument must be at least \(least) while the server runs")
    }

    static func immutable(_ name: String) -> SettingRefusal {
        SettingRefusal(
            message: "ERR CONFIG SET failed (possibly related to argument '\(name)')"
                + " - can't set immutable config")
    }
}

/// How often each command was called, failed or was refused, and how long it took. A loop writes
/// its own; all may read.
final class CommandCounters: Sendable {
    private let calls = CounterArray(count: CommandTable.shared.names.count)
    private let failures = CounterArray(count: CommandTable.shared.names.count)
    private let rejections = CounterArray(count: CommandTable.shared.names.count)
    let times = CommandTimes(count: CommandTable.shared.names.count)
    /// Calls, failures and rejections at the last CONFIG RESETSTAT.
    private let before = Guarded<[[UInt64]]>([])
    /// memcached's, by `MemcachedCounter`; all commands, which INFO adds up, are the first.
    let memcachedCalls = CounterArray(count: MemcachedCounter.allCases.count)

    /// Counts a call of the command at `place` in `CommandTable.names`, and tells how many there
    /// were.
    @inline(__always)
    func countCall(_ place: Int) -> UInt64 { calls.add(place) }
    /// A call was counted that has to be run again.
    func uncountCall(_ place: Int) { calls.add(place, .max) }
    /// Counts one that answered an error.
    func countFailure(_ place: Int) { failures.add(place) }
    /// Counts one that was refused before it ran.
    func countRejection(_ place: Int) { rejections.add(place) }
    func calls(_ place: Int) -> UInt64 { calls[place] &- before(0, place) }
    func failures(_ place: Int) -> UInt64 { failures[place] &- before(1, place) }
    func rejections(_ place: Int) -> UInt64 { rejections[place] &- before(2, place) }

    private func before(_ kind: Int, _ place: Int) -> UInt64 {
        before.withLock { $0.isEmpty ? 0 : $0[kind][place] }
    }

    /// Counts from zero again, for those who ask.
    func beginAnew() {
        let now = [calls, failures, rejections].map { counter in
            (0..<counter.count).map { counter[$0] }
        }
        before.withLock { $0 = now }
        times.reset()
    }

    /// All calls since the start, of both protocols.
    var total: UInt64 {
        (0..<calls.count).reduce(memcachedCalls[0]) { $0 + calls[$1] }
    }
}

/// The longest step of housekeeping of a loop, in processor time.
final class HousekeepingMeter: Sendable {
    private let longest = Atomic<UInt64>(0)
    private let steps = Atomic<UInt64>(0)

    func note(_ time: Duration) {
        let nanoseconds = UInt64(clamping: time.attoseconds / 1_000_000_000)
        steps.add(1, ordering: .relaxed)
        if nanoseconds > longest.load(ordering: .relaxed) {
            longest.store(nanoseconds, ordering: .relaxed)
        }
    }

    func reset() {
        longest.store(0, ordering: .relaxed)
    }

    var longestNanoseconds: UInt64 { longest.load(ordering: .relaxed) }
    var stepCount: UInt64 { steps.load(ordering: .relaxed) }
}
