import Glibc
import LarderAssembly
import LarderCore
import LarderMemory
import Synchronization

/// What `stats` answers, in memcached's fields, as far as there is such a thing here.
struct MemcachedStatistics {
    typealias Fields = [(String, String)]

    private let shared: ServerShared
    private let now: Tick
    private let totals: MemcachedTotals

    init(_ shared: ServerShared, at now: Tick) {
        self.shared = shared
        self.now = now
        totals = shared.memcached.totals(of: shared)
    }

    var general: Fields {
        process + connectionCounts + commands + memory
    }

    private var process: Fields {
        var usage = rusage()
        _ = unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        return [
            ("pid", "\(getpid())"),
            ("uptime", "\(seconds(since: shared.startedAt.nanoseconds))"),
            ("time", "\(WallClock.now().seconds)"), ("version", "1.6.18"),
            ("larder_version", shared.version), ("pointer_size", "64"),
            ("rusage_user", usage.ru_utime.secondsText),
            ("rusage_system", usage.ru_stime.secondsText),
        ]
    }

    private var connectionCounts: Fields {
        [
            ("max_connections", "\(shared.currentSettings.configuration.clients.max)"),
            ("curr_connections", "\(shared.clients.count)"),
            ("total_connections", "\(totals.accepted)"),
            ("rejected_connections", "\(totals.rejected)"),
        ]
    }

    private var commands: Fields {
        [
            ("cmd_get", "\(totals[.getHits] + totals[.getMisses])"),
            ("cmd_set", "\(totals[.sets])"), ("cmd_flush", "\(totals[.flushes])"),
            ("cmd_touch", "\(totals[.touchHits] + totals[.touchMisses])"),
            ("cmd_meta", "\(totals[.metaCommands])"),
            ("get_hits", "\(totals[.getHits])"), ("get_misses", "\(totals[.getMisses])"),
            ("delete_misses", "\(totals[.deleteMisses])"),
            ("delete_hits", "\(totals[.deleteHits])"),
            ("incr_misses", "\(totals[.incrementMisses])"),
            ("incr_hits", "\(totals[.incrementHits])"),
            ("decr_misses", "\(totals[.decrementMisses])"),
            ("decr_hits", "\(totals[.decrementHits])"),
            ("cas_misses", "\(totals[.casMisses])"), ("cas_hits", "\(totals[.casHits])"),
            ("cas_badval", "\(totals[.casMismatches])"),
            ("touch_hits", "\(totals[.touchHits])"),
            ("touch_misses", "\(totals[.touchMisses])"),
            ("store_too_large", "\(totals[.tooLarge])"),
            ("store_no_memory", "\(totals[.outOfMemory])"),
            ("auth_cmds", "\(totals[.authentications])"),
            ("auth_errors", "\(totals[.authenticationFailures])"),
        ]
    }

    private var memory: Fields {
        let budget = shared.store.budget
        return [
            ("bytes_read", "\(totals.bytesIn)"), ("bytes_written", "\(totals.bytesOut)"),
            ("limit_maxbytes", "\(budget.limit)"), ("accepting_conns", "1"),
            ("threads", "\(shared.counters.count)"), ("bytes", "\(budget.used)"),
            ("curr_items", "\(itemCount)"), ("total_items", "\(totals.writes)"),
            ("evictions", "\(totals.evictions)"), ("reclaimed", "\(totals.expirations)"),
        ]
    }

    var settings: Fields {
        let settings = shared.currentSettings
        let configuration = settings.configuration
        return [
            ("maxbytes", "\(shared.store.budget.limit)"),
            ("maxconns", "\(configuration.clients.max)"), ("udpport", "0"),
            ("evictions", shared.store.evicts ? "on" : "off"),
            ("shutdown_command", "no"), ("num_threads", "\(shared.counters.count)"),
            ("detail_enabled", "no"), ("cas_enabled", "yes"),
            ("tcp_backlog", "\(configuration.server.tcpBacklog)"),
            ("auth_enabled_ascii", shared.needsPassword ? "yes" : "no"),
            ("item_size_max", "\(shared.valueMax)"), ("flush_enabled", "yes"),
            ("dump_enabled", "no"),
        ]
    }

    /// All entries in one class: sizes are of no concern to eviction here.
    var items: Fields {
        guard itemCount > 0 else { return [] }
        return [
            ("items:1:number", "\(itemCount)"), ("items:1:mem_requested", "\(entryBytes)"),
            ("items:1:evicted", "\(totals.evictions)"),
            ("items:1:outofmemory", "\(totals[.outOfMemory])"),
            ("items:1:reclaimed", "\(totals.expirations)"),
        ]
    }

    /// The same class as slabs, of which all memory in use is.
    var slabs: Fields {
        let all = [("active_slabs", "\(itemCount > 0 ? 1 : 0)")]
        let total = [("total_malloced", "\(shared.store.budget.used)")]
        guard itemCount > 0 else { return all + total }
        let used: Fields = [
            ("1:used_chunks", "\(itemCount)"), ("1:mem_requested", "\(entryBytes)"),
            ("1:get_hits", "\(totals[.getHits])"), ("1:cmd_set", "\(totals[.sets])"),
            ("1:delete_hits", "\(totals[.deleteHits])"),
            ("1:incr_hits", "\(totals[.incrementHits])"),
            ("1:decr_hits", "\(totals[.decrementHits])"),
            ("1:cas_hits", "\(totals[.casHits])"),
            ("1:cas_badval", "\(totals[.casMismatches])"),
            ("1:touch_hits", "\(totals[.touchHits])"),
        ]
        return used + all + total
    }

    /// memcached's clients.
    var connections: Fields {
        shared.clients.all.filter(\.isMemcached).flatMap { client -> Fields in
            let idle = seconds(since: client.lastActive.load(ordering: .relaxed))
            return [
                ("\(client.descriptor):addr", "tcp:\(client.address)"),
                ("\(client.descriptor):state", idle == 0 ? "conn_parse_cmd" : "conn_read"),
                ("\(client.descriptor):secs_since_last_cmd", "\(idle)"),
            ]
        }
    }

    /// Entries that memcached's clients can see.
    private var itemCount: Int { shared.store.count(database: 0) }

    private var entryBytes: Int { shared.store.budget.used - shared.store.overheadBytes }

    private func seconds(since start: UInt64) -> UInt64 {
        now.nanoseconds > start ? (now.nanoseconds - start) / 1_000_000_000 : 0
    }
}
