import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderRuntime

/// The sections that are made of numbers.
extension InfoText {
    var memory: Fields {
        let figures = MemoryFigures(shared)
        let total = shared.currentSettings.allowedBytes
        return memoryInUse(figures) + [
            ("total_system_memory", "\(total)"),
            ("total_system_memory_human", ByteCount(total).rounded),
        ] + Self.scripts + [
            ("maxmemory", "\(figures.limit)"),
            ("maxmemory_human", ByteCount(figures.limit).rounded),
            ("maxmemory_policy", shared.currentSettings.fullMemory.rawValue),
            ("larder_policy", "\(shared.currentSettings.configuration.memory.policy)"),
            ("allocator_frag_ratio", "1.00"), ("allocator_frag_bytes", "0"),
            ("allocator_rss_ratio", DecimalPlaces.text(figures.fragmentation, places: 2)),
            ("allocator_rss_bytes", "\(figures.resident - figures.used)"),
            ("rss_overhead_ratio", "1.00"), ("rss_overhead_bytes", "0"),
            ("mem_fragmentation_ratio", DecimalPlaces.text(figures.fragmentation, places: 2)),
            ("mem_fragmentation_bytes", "\(figures.resident - figures.used)"),
            ("mem_not_counted_for_evict", "0"), ("mem_replication_backlog", "0"),
            ("mem_total_replication_buffers", "0"), ("mem_clients_slaves", "0"),
            ("mem_clients_normal", "0"), ("mem_cluster_links", "0"), ("mem_aof_buffer", "0"),
            ("mem_allocator", "larder"), ("active_defrag_running", "0"),
            ("lazyfree_pending_objects", "0"), ("lazyfreed_objects", "0"),
            ("larder_reservations_refused", "\(figures.refusals)"),
        ]
    }

    private func memoryInUse(_ figures: MemoryFigures) -> Fields {
        [
            ("used_memory", "\(figures.used)"),
            ("used_memory_human", ByteCount(figures.used).rounded),
            ("used_memory_rss", "\(figures.resident)"),
            ("used_memory_rss_human", ByteCount(figures.resident).rounded),
            ("used_memory_peak", "\(figures.peak)"),
            ("used_memory_peak_human", ByteCount(figures.peak).rounded),
            ("used_memory_peak_perc", Self.percent(figures.peakPercent)),
            ("used_memory_overhead", "\(figures.overhead)"),
            ("used_memory_startup", "\(figures.startup)"),
            ("used_memory_dataset", "\(figures.dataset)"),
            ("used_memory_dataset_perc", Self.percent(figures.datasetPercent)),
            ("allocator_allocated", "\(figures.used)"), ("allocator_active", "\(figures.used)"),
            ("allocator_resident", "\(figures.resident)"),
        ]
    }

    /// There are none.
    private static let scripts: Fields = [
        ("used_memory_lua", "0"), ("used_memory_vm_eval", "0"), ("used_memory_lua_human", "0B"),
        ("used_memory_scripts_eval", "0"), ("number_of_cached_scripts", "0"),
        ("number_of_functions", "0"), ("number_of_libraries", "0"),
        ("used_memory_vm_functions", "0"), ("used_memory_vm_total", "0"),
        ("used_memory_vm_total_human", "0B"), ("used_memory_functions", "0"),
        ("used_memory_scripts", "0"), ("used_memory_scripts_human", "0B"),
    ]

    var statistics: Fields {
        let counted = shared.store.statistics
        let traffic = shared.traffic
        return [
            ("total_connections_received", "\(traffic.accepted &- shared.counted.accepted)"),
            ("total_commands_processed", "\(shared.commandCount)"),
            ("instantaneous_ops_per_sec", "\(shared.rate.perSecond)"),
            ("total_net_input_bytes", "\(traffic.bytesIn &- shared.counted.bytesIn)"),
            ("total_net_output_bytes", "\(traffic.bytesOut &- shared.counted.bytesOut)"),
            ("total_net_repl_input_bytes", "0"), ("total_net_repl_output_bytes", "0"),
            ("instantaneous_input_kbps", Self.kilobytes(shared.inputRate.perSecond)),
            ("instantaneous_output_kbps", Self.kilobytes(shared.outputRate.perSecond)),
            ("instantaneous_input_repl_kbps", "0.00"), ("instantaneous_output_repl_kbps", "0.00"),
            ("rejected_connections", "\(traffic.rejected &- shared.counted.rejected)"),
            ("sync_full", "0"), ("sync_partial_ok", "0"), ("sync_partial_err", "0"),
            ("expired_keys", "\(counted.expirations)"), ("expired_stale_perc", "0.00"),
            ("expired_time_cap_reached_count", "0"), ("expire_cycle_cpu_milliseconds", "0"),
            ("evicted_keys", "\(counted.evictions)"),
            ("evicted_clients", "\(traffic.evicted &- shared.counted.evicted)"),
            ("total_eviction_exceeded_time", "0"), ("current_eviction_exceeded_time", "0"),
            ("keyspace_hits", "\(counted.hits)"), ("keyspace_misses", "\(counted.misses)"),
            ("pubsub_channels", "\(shared.pubsub.count(.channel))"),
            ("pubsub_patterns", "\(shared.pubsub.count(.pattern))"),
            ("pubsubshard_channels", "\(shared.pubsub.count(.shard))"),
        ] + Self.without + [
            ("total_error_replies", "\(shared.errors.total)"), ("dump_payload_sanitizations", "0"),
            ("total_reads_processed", "\(traffic.batches &- shared.counted.batches)"),
            ("total_writes_processed", "\(traffic.batches &- shared.counted.batches)"),
            ("io_threaded_reads_processed", "0"), ("io_threaded_writes_processed", "0"),
            ("reply_buffer_shrinks", "0"), ("reply_buffer_expands", "0"),
        ] + housekeeping(counted) + origins
    }

    /// What redis counts of things that are not here.
    private static let without: Fields = [
        ("latest_fork_usec", "0"), ("total_forks", "0"), ("migrate_cached_sockets", "0"),
        ("slave_expires_tracked_keys", "0"), ("active_defrag_hits", "0"),
        ("active_defrag_misses", "0"), ("active_defrag_key_hits", "0"),
        ("active_defrag_key_misses", "0"), ("total_active_defrag_time", "0"),
        ("current_active_defrag_time", "0"), ("tracking_total_keys", "0"),
        ("tracking_total_items", "0"), ("tracking_total_prefixes", "0"),
        ("unexpected_error_replies", "0"),
    ]

    private func housekeeping(_ counted: ShardStatistics) -> Fields {
        let leases = shared.leases.desk.counts
        let longest = shared.keepers.map(\.longestNanoseconds).max() ?? 0
        return [
            ("larder_publisher_waits", "\(shared.pubsub.waitCount)"),
            ("larder_key_events_lost", "\(shared.store.events.lostCount)"),
            ("larder_leases", "\(leases.leases)"),
            ("larder_lease_waiters", "\(leases.waiters)"),
            ("larder_lease_waiter_bytes", "\(shared.leases.waiterBytes)"),
            ("larder_leases_granted", "\(leases.granted)"),
            ("larder_leases_expired", "\(leases.expired)"),
            ("larder_leases_refused", "\(leases.refused)"),
            ("larder_refused_newcomers", "\(counted.refusals)"),
            ("larder_compactions", "\(counted.compactions)"),
            ("larder_housekeeping_max_us", "\((longest + 999) / 1000)"),
            ("larder_housekeeping_steps", "\(shared.keepers.reduce(0) { $0 + $1.stepCount })"),
        ]
    }

    var persistence: Fields {
        [
            ("loading", "0"), ("async_loading", "0"), ("current_cow_peak", "0"),
            ("current_cow_size", "0"), ("current_cow_size_age", "0"),
            ("current_fork_perc", "0.00"), ("current_save_keys_processed", "0"),
            ("current_save_keys_total", "0"), ("rdb_changes_since_last_save", "0"),
            ("rdb_bgsave_in_progress", "0"), ("rdb_last_save_time", "\(shared.startedAtSeconds)"),
            ("rdb_last_bgsave_status", "ok"), ("rdb_last_bgsave_time_sec", "-1"),
            ("rdb_current_bgsave_time_sec", "-1"), ("rdb_saves", "0"), ("rdb_last_cow_size", "0"),
            ("rdb_last_load_keys_expired", "0"), ("rdb_last_load_keys_loaded", "0"),
            ("aof_enabled", "0"), ("aof_rewrite_in_progress", "0"),
            ("aof_rewrite_scheduled", "0"), ("aof_last_rewrite_time_sec", "-1"),
            ("aof_current_rewrite_time_sec", "-1"), ("aof_last_bgrewrite_status", "ok"),
            ("aof_rewrites", "0"), ("aof_rewrites_consecutive_failures", "0"),
            ("aof_last_write_status", "ok"), ("aof_last_cow_size", "0"),
            ("module_fork_in_progress", "0"), ("module_fork_last_cow_size", "0"),
        ]
    }

    var replication: Fields {
        [
            ("role", "master"), ("connected_slaves", "0"),
            ("master_failover_state", "no-failover"), ("master_replid", shared.runID),
            ("master_replid2", String(repeating: "0", count: 40)), ("master_repl_offset", "0"),
            ("second_repl_offset", "-1"), ("repl_backlog_active", "0"),
            ("repl_backlog_size", "1048576"), ("repl_backlog_first_byte_offset", "0"),
            ("repl_backlog_histlen", "0"),
        ]
    }

    var commandStatistics: Fields {
        CommandTable.shared.names.enumerated().compactMap { place, name in
            let calls = shared.sum { $0.calls(place) }
            let failures = shared.sum { $0.failures(place) }
            let rejections = shared.sum { $0.rejections(place) }
            guard calls + failures + rejections > 0 else { return nil }
            let time = shared.times(of: place).microseconds(of: calls)
            let each = calls == 0 ? 0 : Double(time) / Double(calls)
            return (
                "cmdstat_\(name)",
                "calls=\(calls),usec=\(time),"
                    + "usec_per_call=\(DecimalPlaces.text(each, places: 2)),"
                    + "rejected_calls=\(rejections),failed_calls=\(failures)"
            )
        }
    }

    var latencyStatistics: Fields {
        CommandTable.shared.names.enumerated().compactMap { place, name in
            let histogram = shared.times(of: place).histogram
            guard histogram.total > 0 else { return nil }
            let shares = [("p50", 50.0), ("p99", 99.0), ("p99.9", 99.9)].map { label, percent in
                let microseconds = Double(histogram.percentile(percent)) / 1000
                return "\(label)=\(DecimalPlaces.text(microseconds, places: 3))"
            }
            return ("latency_percentiles_usec_\(name)", shares.joined(separator: ","))
        }
    }

    private static func percent(_ value: Double) -> String {
        DecimalPlaces.text(value, places: 2) + "%"
    }

    private static func kilobytes(_ bytes: UInt64) -> String {
        DecimalPlaces.text(Double(bytes) / 1024, places: 2)
    }
}
