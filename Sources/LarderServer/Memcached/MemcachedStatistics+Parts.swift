import Glibc
import LarderAssembly
import LarderCore
import LarderMemory
import Synchronization

extension MemcachedStatistics {
    /// `stats settings`: what of memcached's settings there is here.
    var settings: Fields {
        let configuration = shared.currentSettings.configuration
        return [
            ("maxbytes", "\(shared.store.budget.limit)"),
            ("maxconns", "\(configuration.clients.max)"),
        ] + addresses(configuration) + [
            ("verbosity", "\(shared.memcached.verbosity.load(ordering: .relaxed))"),
            ("oldest", "0"), ("evictions", shared.store.evicts ? "on" : "off"),
            ("umask", "770"),
            ("shutdown_command", Self.word(configuration.server.allowsShutdown)),
            ("num_threads", "\(shared.counters.count)"), ("stat_key_prefix", ":"),
            ("detail_enabled", Self.word(shared.memcached.watchers.countsPrefixes)),
            ("cas_enabled", "yes"), ("tcp_backlog", "\(configuration.server.tcpBacklog)"),
            ("binding_protocol", "ascii"), ("auth_enabled_sasl", "no"),
            ("auth_enabled_ascii", Self.word(shared.needsPassword)),
            ("item_size_max", "\(shared.valueMax)"), ("maxconns_fast", "yes"),
            ("lru_crawler", Self.word(isCrawlerEnabled)), ("flush_enabled", "yes"),
            ("dump_enabled", "yes"),
            ("idle_timeout", "\(configuration.clients.idle.components.seconds)"),
            ("watcher_logbuf_size", "\(WatchHub.waitingBytesMax)"), ("track_sizes", "no"),
            ("inline_ascii_response", "no"), ("policy", "\(configuration.memory.policy)"),
        ]
    }

    private var isCrawlerEnabled: Bool {
        shared.memcached.isCrawlerEnabled.load(ordering: .relaxed)
    }

    private func addresses(_ configuration: Configuration) -> Fields {
        var fields: Fields = []
        for endpoint in configuration.listen.memcached {
            switch endpoint {
            case .tcp(let host, let port):
                fields += [("tcpport", "\(port)"), ("udpport", "0"), ("inter", host)]
            case .unix(let path): fields.append(("domain_socket", path))
            }
        }
        return fields
    }

    private static func word(_ isOn: Bool) -> String { isOn ? "yes" : "no" }

    /// `stats items`. All entries in one class: sizes are of no concern to eviction here.
    var items: Fields {
        guard itemCount > 0 else { return [] }
        return [
            ("items:1:number", "\(itemCount)"), ("items:1:mem_requested", "\(entryBytes)"),
            ("items:1:evicted", "\(totals.evictions)"),
            ("items:1:outofmemory", "\(totals[.outOfMemory])"),
            ("items:1:reclaimed", "\(totals.expirations)"),
            ("items:1:expired_unfetched", "\(totals.expirationsUnread)"),
            ("items:1:evicted_unfetched", "\(totals.evictionsUnread)"),
        ]
    }

    /// `stats slabs`: the same class, of which all memory in use is.
    var slabs: Fields {
        let all = [("active_slabs", "\(itemCount > 0 ? 1 : 0)")]
        let total = [("total_malloced", "\(shared.store.budget.used)")]
        guard itemCount > 0 else { return all + total }
        let pages = (shared.store.budget.used + (1 << 20) - 1) >> 20
        let used: Fields = [
            ("1:chunk_size", "\(max(1, entryBytes / itemCount))"), ("1:total_pages", "\(pages)"),
            ("1:total_chunks", "\(itemCount)"), ("1:used_chunks", "\(itemCount)"),
            ("1:free_chunks", "0"), ("1:mem_requested", "\(entryBytes)"),
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
}
