import Glibc
import LarderAssembly
import LarderCore
import LarderMemory
import Synchronization

/// What `stats` answers, in memcached's fields, as far as there is such a thing here.
struct MemcachedStatistics {
    typealias Fields = [(String, String)]

    let shared: ServerShared
    private let now: Tick
    let totals: MemcachedTotals

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
            ("larder_version", shared.version), ("event_backend", shared.traffic.backend),
            ("pointer_size", "64"),
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
            ("connection_structures", "\(shared.clients.count)"),
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
            ("threads", "\(shared.counters.count)"),
            ("hash_bytes", "\(shared.store.overheadBytes)"),
        ] + watching + [
            ("bytes", "\(budget.used)"), ("curr_items", "\(itemCount)"),
            ("total_items", "\(totals.writes)"),
            ("expired_unfetched", "\(totals.expirationsUnread)"),
            ("evicted_unfetched", "\(totals.evictionsUnread)"),
            ("evictions", "\(totals.evictions)"), ("reclaimed", "\(totals.expirations)"),
        ]
    }

    private var watching: Fields {
        let counts = shared.memcached.watchers.counts
        return [
            ("log_worker_dropped", "0"), ("log_worker_written", "\(counts.written)"),
            ("log_watcher_skipped", "\(counts.skipped)"),
            ("log_watcher_sent", "\(counts.sent)"), ("log_watchers", "\(counts.watchers)"),
        ]
    }

    /// memcached's clients.
    var connections: Fields {
        shared.clients.all.filter(\.isMemcached).flatMap { client -> Fields in
            let idle = seconds(since: client.lastActive.load(ordering: .relaxed))
            return [
                ("\(client.descriptor):addr", "tcp:\(client.address)"),
                ("\(client.descriptor):listen_addr", "tcp:\(client.localAddress)"),
                ("\(client.descriptor):state", idle == 0 ? "conn_parse_cmd" : "conn_read"),
                ("\(client.descriptor):secs_since_last_cmd", "\(idle)"),
            ]
        }
    }

    /// Entries that memcached's clients can see.
    var itemCount: Int { shared.store.count(database: 0) }

    var entryBytes: Int { shared.store.budget.used - shared.store.overheadBytes }

    private func seconds(since start: UInt64) -> UInt64 {
        now.nanoseconds > start ? (now.nanoseconds - start) / 1_000_000_000 : 0
    }
}
