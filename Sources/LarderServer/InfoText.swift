import Glibc
import LarderAssembly
import LarderCore
import LarderMemory

/// What INFO answers, in redis's fields.
struct InfoText {
    private let shared: ServerShared
    private let now: Tick

    init(_ shared: ServerShared, at now: Tick) {
        self.shared = shared
        self.now = now
    }

    /// The sections asked for; all of the usual ones when none is named.
    func text(sections: Set<String>) -> String {
        let general: Set<String> = ["all", "default", "everything"]
        let isAll = sections.isEmpty || !sections.isDisjoint(with: general)
        let parts: [(String, [(String, String)])] = [
            ("Server", server), ("Clients", clients), ("Memory", memory), ("Stats", statistics),
            ("Replication", [("role", "master"), ("connected_slaves", "0")]),
            ("CPU", processor), ("Keyspace", keyspace),
        ]
        let wanted = parts.filter { isAll || sections.contains($0.0.lowercased()) }
        return wanted.map { name, fields in
            "# \(name)\r\n" + fields.map { "\($0.0):\($0.1)\r\n" }.joined()
        }.joined(separator: "\r\n")
    }

    private var uptime: UInt64 {
        (now.nanoseconds &- shared.startedAt.nanoseconds) / 1_000_000_000
    }

    private var server: [(String, String)] {
        [
            ("redis_version", "7.0.15"), ("larder_version", shared.version),
            ("redis_mode", "standalone"), ("os", "Linux"), ("arch_bits", "64"),
            ("multiplexing_api", shared.traffic.backend),
            ("process_id", "\(getpid())"), ("run_id", shared.runID),
            ("tcp_port", "\(shared.port)"), ("uptime_in_seconds", "\(uptime)"),
            ("uptime_in_days", "\(uptime / 86400)"), ("hz", "10"),
            ("io_threads_active", "\(shared.counters.count > 1 ? 1 : 0)"),
        ]
    }

    private var clients: [(String, String)] {
        let settings = shared.currentSettings.configuration
        return [
            ("connected_clients", "\(shared.clients.count)"),
            ("maxclients", "\(settings.clients.max)"), ("blocked_clients", "0"),
            ("tracking_clients", "0"),
        ]
    }

    private var memory: [(String, String)] {
        let budget = shared.store.budget
        let resident = ProcessMemory.residentBytes()
        let overhead = shared.store.overheadBytes
        let ratio = budget.used == 0 ? 1 : Double(resident) / Double(budget.used)
        return [
            ("used_memory", "\(budget.used)"),
            ("used_memory_human", ByteCount(budget.used).rounded),
            ("used_memory_rss", "\(resident)"), ("used_memory_peak", "\(budget.peak)"),
            ("used_memory_overhead", "\(overhead)"),
            ("used_memory_dataset", "\(budget.used - overhead)"),
            ("maxmemory", "\(budget.limit)"),
            ("maxmemory_human", ByteCount(budget.limit).rounded),
            ("maxmemory_policy", shared.currentSettings.fullMemory.rawValue),
            ("larder_policy", "\(shared.currentSettings.configuration.memory.policy)"),
            ("mem_fragmentation_ratio", Self.fixed(ratio)), ("mem_allocator", "larder"),
            ("larder_reservations_refused", "\(budget.refusalCount)"),
        ]
    }

    private var statistics: [(String, String)] {
        let counted = shared.store.statistics
        let commands = shared.counters.reduce(0) { $0 + $1.total }
        let longest = shared.keepers.map(\.longestNanoseconds).max() ?? 0
        return [
            ("total_connections_received", "\(shared.traffic.accepted)"),
            ("total_commands_processed", "\(commands)"),
            ("instantaneous_ops_per_sec", "\(shared.rate.perSecond)"),
            ("total_net_input_bytes", "\(shared.traffic.bytesIn)"),
            ("total_net_output_bytes", "\(shared.traffic.bytesOut)"),
            ("rejected_connections", "\(shared.traffic.rejected)"),
            ("expired_keys", "\(counted.expirations)"),
            ("evicted_keys", "\(counted.evictions)"),
            ("evicted_clients", "\(shared.traffic.evicted)"),
            ("keyspace_hits", "\(counted.hits)"), ("keyspace_misses", "\(counted.misses)"),
            ("pubsub_channels", "\(shared.pubsub.count(.channel))"),
            ("pubsub_patterns", "\(shared.pubsub.count(.pattern))"),
            ("pubsubshard_channels", "\(shared.pubsub.count(.shard))"),
            ("larder_publisher_waits", "\(shared.pubsub.waitCount)"),
            ("larder_key_events_lost", "\(shared.store.events.lostCount)"),
            ("larder_refused_newcomers", "\(counted.refusals)"),
            ("larder_compactions", "\(counted.compactions)"),
            ("larder_housekeeping_max_us", "\((longest + 999) / 1000)"),
            ("larder_housekeeping_steps", "\(shared.keepers.reduce(0) { $0 + $1.stepCount })"),
        ]
    }

    private var processor: [(String, String)] {
        var usage = rusage()
        _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return [
            ("used_cpu_sys", usage.ru_stime.secondsText),
            ("used_cpu_user", usage.ru_utime.secondsText),
        ]
    }

    private var keyspace: [(String, String)] {
        (0..<shared.store.databaseCount).compactMap { database in
            let count = shared.store.count(database: database)
            guard count > 0 else { return nil }
            let expiring = shared.store.expiringCount(database: database)
            return ("db\(database)", "keys=\(count),expires=\(expiring),avg_ttl=0")
        }
    }

    /// Two decimals.
    private static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = "\(hundredths % 100)"
        return "\(hundredths / 100)." + String(repeating: "0", count: 2 - rest.count) + rest
    }
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
