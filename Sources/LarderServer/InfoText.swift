import Glibc
import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory

/// What INFO answers, in redis's fields and order. A field about what Larder does not have is as
/// redis shows it with that feature off; our own begin with `larder_`.
struct InfoText {
    /// Lines of a section: name and value.
    typealias Fields = [(String, String)]

    let shared: ServerShared
    let now: Tick

    init(_ shared: ServerShared, at now: Tick) {
        self.shared = shared
        self.now = now
    }

    /// The sections, in redis's order; whether one is shown when none is named.
    private static let sections: [(name: String, isUsual: Bool)] = [
        ("Server", true), ("Clients", true), ("Memory", true), ("Persistence", true),
        ("Stats", true), ("Replication", true), ("CPU", true), ("Modules", true),
        ("Commandstats", false), ("Errorstats", true), ("Latencystats", false), ("Cluster", true),
        ("Keyspace", true), ("Origins", true),
    ]

    /// The sections asked for; all of the usual ones when none is named.
    func text(sections: Set<String>) -> String {
        let isAll = !sections.isDisjoint(with: ["all", "everything"])
        let isUsual = sections.isEmpty || sections.contains("default")
        let wanted = Self.sections.filter { section in
            isAll || isUsual && section.isUsual || sections.contains(section.name.lowercased())
        }
        let hasOrigins = shared.namespaces.current != nil
        return wanted.filter { $0.name != "Origins" || hasOrigins }.map { section in
            "# \(section.name)\r\n"
                + fields(of: section.name).map { "\($0.0):\($0.1)\r\n" }.joined()
        }.joined(separator: "\r\n")
    }

    private func fields(of section: String) -> Fields {
        switch section {
        case "Server": server
        case "Clients": clients
        case "Memory": memory
        case "Persistence": persistence
        case "Stats": statistics
        case "Replication": replication
        case "CPU": processor
        case "Commandstats": commandStatistics
        case "Errorstats": shared.errors.all.map { ("errorstat_\($0.kind)", "count=\($0.count)") }
        case "Latencystats": latencyStatistics
        case "Cluster": [("cluster_enabled", "0")]
        case "Keyspace": keyspace
        case "Origins":
            shared.namespaces.current?.statuses.map { ("larder_origin_\($0.name)", $0.text) } ?? []
        default: []
        }
    }

    private var uptime: UInt64 {
        (now.nanoseconds &- shared.startedAt.nanoseconds) / 1_000_000_000
    }

    private var server: Fields {
        let (seconds, microseconds) = WallClock.now()
        return [
            ("redis_version", "7.0.15"), ("larder_version", shared.version),
            ("redis_git_sha1", "00000000"), ("redis_git_dirty", "0"),
            ("redis_build_id", "0"), ("redis_mode", "standalone"), ("os", SystemText.system),
            ("arch_bits", "\(Int.bitWidth)"), ("monotonic_clock", "POSIX clock_gettime"),
            ("multiplexing_api", shared.traffic.backend), ("atomicvar_api", "swift-builtin"),
            ("gcc_version", "0.0.0"), ("process_id", "\(getpid())"),
            ("process_supervised", "no"), ("run_id", shared.runID),
            ("tcp_port", "\(shared.port)"),
            ("server_time_usec", "\(seconds * 1_000_000 + microseconds)"),
            ("uptime_in_seconds", "\(uptime)"), ("uptime_in_days", "\(uptime / 86400)"),
            ("hz", "10"), ("configured_hz", "10"), ("lru_clock", "\(seconds & 0xFF_FFFF)"),
            ("executable", SystemText.executable),
            ("config_file", shared.sources?.file ?? ""),
            ("io_threads_active", "\(shared.counters.count > 1 ? 1 : 0)"),
        ]
    }

    private var clients: Fields {
        let settings = shared.currentSettings.configuration
        return [
            ("connected_clients", "\(shared.clients.count)"), ("cluster_connections", "0"),
            ("maxclients", "\(settings.clients.max)"), ("client_recent_max_input_buffer", "0"),
            ("client_recent_max_output_buffer", "\(shared.traffic.pendingPeak)"),
            ("blocked_clients", "0"), ("tracking_clients", "0"), ("clients_in_timeout_table", "0"),
        ]
    }

    private var processor: Fields {
        var usage = rusage()
        _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        let main = SystemText.mainThreadSeconds
        return [
            ("used_cpu_sys", usage.ru_stime.secondsText),
            ("used_cpu_user", usage.ru_utime.secondsText),
            ("used_cpu_sys_children", "0.000000"), ("used_cpu_user_children", "0.000000"),
            ("used_cpu_sys_main_thread", DecimalPlaces.text(main.system, places: 6)),
            ("used_cpu_user_main_thread", DecimalPlaces.text(main.user, places: 6)),
        ]
    }

    private var keyspace: Fields {
        (0..<shared.store.databaseCount).compactMap { database in
            let count = shared.store.count(database: database)
            guard count > 0 else { return nil }
            let expiring = shared.store.expiringCount(database: database)
            let average = expiring == 0 ? 0 : averageLife(database)
            return ("db\(database)", "keys=\(count),expires=\(expiring),avg_ttl=\(average)")
        }
    }

    /// Milliseconds that keys of a database with a TTL have left, from a sample.
    private func averageLife(_ database: Int) -> UInt64 {
        let moment = Moment(now)
        var (sum, count): (UInt64, UInt64) = (0, 0)
        for _ in 0..<Self.sampledKeys {
            var key: [UInt8] = []
            shared.store.withSomeKey(
                near: .random(in: 0 ... .max), database: database, at: moment
            ) { key.append($0) }
            let bytes = unsafe key.span.bytes
            shared.store.withKey(
                bytes, shared.store.hash(bytes), database: database, at: moment
            ) { access in
                guard access.exists, access.expiry != .never else { return }
                sum += access.expiry.milliseconds - moment.milliseconds
                count += 1
            }
        }
        return count == 0 ? 0 : sum / count
    }

    private static var sampledKeys: Int { 20 }
}

/// Memory of the process as the system counts it.
enum ProcessMemory {
    /// Resident bytes; 0 when the system does not tell.
    static func residentBytes() -> Int {
        guard let text = SystemText.content(of: "/proc/self/statm") else { return 0 }
        let words = text.split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return 0 }
        return pages * Int(getpagesize())
    }
}
