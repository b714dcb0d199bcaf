import LarderCore
import LarderMemory
import LarderRuntime

extension CommandLoop {
    /// Entries looked at in one step: a step stays well below a millisecond of processor time.
    private static var stepLimit: Int { 64 }
    /// Steps between two turns of the loop: clients wait no longer than for these.
    private static var stepsPerTurn: Int { 16 }

    /// Expires, sweeps, grows and gives back, a little at a time, in the shards of this loop.
    ///
    /// - Returns: Whether more waits.
    mutating func keepHouse(at tick: Tick) -> Bool {
        followNamespaces()
        now = Moment(tick)
        shared.memcached.keepHouse(store, at: now)
        var isMore = false
        if shared.pause.isOn { shared.pause.keepHouse(at: tick, shared.traffic) }
        if context.index == 0 {
            shared.rate.note(at: tick) { shared.sum(\.total) }
            shared.inputRate.note(at: tick) { shared.traffic.bytesIn }
            shared.outputRate.note(at: tick) { shared.traffic.bytesOut }
        }
        let meter = shared.keepers[context.index]
        var shard = context.index
        while shard < store.shardCount {
            for _ in 0..<Self.stepsPerTurn {
                let begin = MonotonicClock.threadTime()
                let waits = store.housekeep(shard: shard, at: now, limit: Self.stepLimit)
                meter.note(MonotonicClock.threadTime() - begin)
                if !waits { break }
                isMore = isMore || waits
            }
            shard += context.loopCount
        }
        if events.isActive { tellEvents() }
        return isMore
    }
}
