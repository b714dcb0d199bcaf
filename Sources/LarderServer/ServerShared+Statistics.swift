import LarderMemory
import LarderRuntime

/// Numbers over all loops.
extension ServerShared {
    func sum(_ value: (CommandCounters) -> UInt64) -> UInt64 {
        counters.reduce(0) { $0 + value($1) }
    }

    /// Commands since the last CONFIG RESETSTAT.
    var commandCount: UInt64 { sum(\.total) &- counted.commands }

    /// How long the command at a place in `CommandTable.names` took.
    func times(of place: Int) -> CommandTimes.Record {
        counters.reduce(CommandTimes.Record()) { $0 + $1.times[place] }
    }

    /// CONFIG RESETSTAT.
    func resetStatistics() {
        store.resetStatistics()
        for keeper in keepers { keeper.reset() }
        errors.reset()
        for counters in counters { counters.beginAnew() }
        counted = TrafficCounts(traffic, commands: sum(\.total))
    }
}
