import LarderCore
import LarderMemory

/// Memory in numbers, for INFO and MEMORY STATS.
///
/// What redis tells of its allocator is told of the store: *allocated* and *active* is what the
/// budget counts, *resident* is what the system counts for the process.
struct MemoryFigures {
    let used: Int
    let peak: Int
    let limit: Int
    let refusals: Int
    let resident: Int
    let overhead: Int
    let startup: Int
    let keys: Int

    init(_ shared: ServerShared) {
        let budget = shared.store.budget
        (used, peak, limit) = (budget.used, budget.peak, budget.limit)
        refusals = budget.refusalCount
        resident = ProcessMemory.residentBytes()
        overhead = shared.store.overheadBytes
        startup = shared.startupBytes
        keys = (0..<shared.store.databaseCount).reduce(0) { $0 + shared.store.count(database: $1) }
    }

    var dataset: Int { max(0, used - overhead) }
    var fragmentation: Double { used == 0 ? 1 : Double(resident) / Double(used) }
    /// Percent of what was allocated since the start.
    var datasetPercent: Double {
        used <= startup ? 100 : Double(dataset) / Double(used - startup) * 100
    }
    var peakPercent: Double { peak == 0 ? 100 : Double(used) / Double(peak) * 100 }

    var numbersBeforeDatabases: [(StaticString, Int)] {
        [
            ("peak.allocated", peak), ("total.allocated", used), ("startup.allocated", startup),
            ("replication.backlog", 0), ("clients.slaves", 0), ("clients.normal", 0),
            ("cluster.links", 0), ("aof.buffer", 0), ("lua.caches", 0), ("functions.caches", 0),
        ]
    }

    var numbersAfterDatabases: [(StaticString, Int)] {
        [
            ("overhead.total", overhead), ("keys.count", keys),
            ("keys.bytes-per-key", keys == 0 ? 0 : max(0, used - startup) / keys),
            ("dataset.bytes", dataset), ("allocator.allocated", used), ("allocator.active", used),
            ("allocator.resident", resident), ("allocator-fragmentation.bytes", 0),
            ("allocator-rss.bytes", resident - used), ("rss-overhead.bytes", 0),
            ("fragmentation.bytes", resident - used),
        ]
    }

    var ratios: [(StaticString, Double)] {
        [
            ("dataset.percentage", datasetPercent), ("peak.percentage", peakPercent),
            ("allocator-fragmentation.ratio", 1), ("allocator-rss.ratio", fragmentation),
            ("rss-overhead.ratio", 1), ("fragmentation", fragmentation),
        ]
    }
}
