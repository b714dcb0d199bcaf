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
    let counters: [CommandCounters]
    let logger: Logger
    let startedAt: Tick
    let runID: String
    let version: String
    /// Arguments above this are refused before they arrive.
    let valueMax: Int
    let keepers: [HousekeepingMeter]
    let memcached = MemcachedShared()
    /// Nil when no listener uses TLS.
    let certificates: CertificateKeeper?
    private let settings: Guarded<RuntimeSettings>
    private let password: Guarded<String?>
    private let tcpPort = Atomic<Int>(0)

    init(
        store: ByteStore, settings: RuntimeSettings, loopCount: Int, logger: Logger,
        version: String, now: Tick, certificates: CertificateKeeper? = nil
    ) {
        self.store = store
        self.logger = logger
        self.version = version
        self.certificates = certificates
        startedAt = now
        rate = RateMeter(now: now)
        counters = (0..<loopCount).map { _ in CommandCounters() }
        keepers = (0..<loopCount).map { _ in HousekeepingMeter() }
        valueMax = store.valueMax
        password = Guarded(settings.configuration.password)
        self.settings = Guarded(settings)
        var random = SystemRandomNumberGenerator()
        runID = (0..<5).map { _ in
            let word = String(UInt32.random(in: 0 ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 8 - word.count) + word
        }.joined()
    }

    var currentSettings: RuntimeSettings { settings.withLock { $0 } }

    var needsPassword: Bool { password.withLock { $0 != nil } }

    /// Compares all bytes: the time that it takes does not tell how many are right.
    func isPassword(_ text: String) -> Bool {
        password.withLock { password in
            guard let password, password.utf8.count == text.utf8.count else { return false }
            return zip(password.utf8, text.utf8).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
        }
    }

    var port: Int {
        get { tcpPort.load(ordering: .relaxed) }
        set { tcpPort.store(newValue, ordering: .relaxed) }
    }

    /// What the loops and the store take from the configuration once, when they start, by redis's
    /// names.
    private static let fixedSettings = [
        "clients.max": "maxclients", "clients.idle": "timeout",
        "server.tcp-keepalive": "tcp-keepalive", "memory.max-value": "proto-max-bulk-len",
        "clients.memory": "clients.memory", "clients.output-limit": "clients.output-limit",
        "server.protected-mode": "protected-mode",
    ]

    /// Changes settings as CONFIG SET does, and carries the changes out: both under one lock, so
    /// that of two clients the one whose settings stay has the last word everywhere.
    func set(_ arguments: [String]) throws(SettingRefusal) {
        let context = try preparedContext(arguments)
        let outcome = settings.withLock { current -> Result<Void, SettingRefusal> in
            var tried = current
            do throws(RuntimeSettingFailure) {
                let changed = try tried.set(arguments)
                if let fixed = changed.lazy.compactMap({ Self.fixedSettings[$0] }).first {
                    return .failure(.immutable(fixed))
                }
                guard tried.memoryLimitBytes >= store.limitMin else {
                    return .failure(.tooLittleMemory(store.limitMin))
                }
                if let context {
                    guard context.configuration == tried.configuration.tls else {
                        return .failure(.unusableCertificates("tls-cert-file"))
                    }
                    certificates?.install(context)
                }
                current = tried
                carryOut(changed, tried)
                let names = changed.sorted().joined(separator: " ")
                logger.info("settings changed", ["names": .text(names)])
                return .success(())
            } catch {
                return .failure(SettingRefusal(message: error.message))
            }
        }
        try outcome.get()
    }

    /// The certificates that CONFIG SET names. Files are read before the lock is taken.
    private func preparedContext(_ arguments: [String]) throws(SettingRefusal) -> TLSContext? {
        guard let certificates else { return nil }
        var tried = currentSettings
        // What is wrong with the arguments is said by the change itself.
        guard (try? tried.set(arguments)) != nil else { return nil }
        return try certificates.prepare(arguments, for: tried)
    }

    private func carryOut(_ changed: Set<String>, _ settings: RuntimeSettings) {
        if changed.contains("memory.limit") {
            store.setLimit(.init(bytes: settings.memoryLimitBytes))
        }
        store.evicts = settings.fullMemory != .noEviction
        password.withLock { $0 = settings.configuration.password }
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

/// How often each command was called, failed or was refused. A loop writes its own; all may read.
final class CommandCounters: Sendable {
    private let calls = CounterArray(count: Command.allCases.count)
    private let failures = CounterArray(count: Command.allCases.count)
    /// memcached's, by `MemcachedCounter`; all commands, which INFO adds up, are the first.
    let memcachedCalls = CounterArray(count: MemcachedCounter.allCases.count)

    func countCall(_ command: Command) { calls.add(Int(command.rawValue)) }
    func countFailure(_ command: Command) { failures.add(Int(command.rawValue)) }
    func calls(_ command: Command) -> UInt64 { calls[Int(command.rawValue)] }
    func failures(_ command: Command) -> UInt64 { failures[Int(command.rawValue)] }

    var total: UInt64 {
        Command.allCases.reduce(memcachedCalls[0]) { $0 + calls($1) }
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
