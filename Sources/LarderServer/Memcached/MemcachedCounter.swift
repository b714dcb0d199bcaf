import LarderCore
import LarderMemory
import LarderRuntime
import Synchronization

/// What the loops count of memcached's commands, each on its own, for `stats`.
enum MemcachedCounter: Int, CaseIterable {
    /// All commands.
    case commands
    case getHits, getMisses, touchHits, touchMisses
    case sets, flushes, metaCommands
    case deleteHits, deleteMisses
    case incrementHits, incrementMisses, decrementHits, decrementMisses
    case casHits, casMisses, casMismatches
    /// Values that were refused since they were too large, and since there was no memory.
    case tooLarge, outOfMemory
    case authentications, authenticationFailures
}

extension CommandLoop {
    /// Counts one more.
    @inline(__always)
    func count(_ counter: MemcachedCounter) {
        counters.memcachedCalls.add(counter.rawValue)
    }
}

/// What memcached's commands keep for the whole server.
final class MemcachedShared: Sendable {
    /// When all of database 0 goes; the largest number when nobody has asked for it. Relaxed: a
    /// loop that sees a new time a turn later flushes a turn later.
    private let flushDue = Atomic<UInt64>(.max)
    /// The counters at the last `stats reset`. They are read under its lock, so that nobody
    /// subtracts those of a reset that came after his own.
    private let baseline = Guarded<MemcachedTotals?>(nil)
    let watchers = WatchHub()
    let prefixes = PrefixCounts()
    /// What `lru_crawler enable` and `disable` say. Expired entries leave by themselves either way.
    let isCrawlerEnabled = Atomic<Bool>(true)
    /// What `verbosity` was set to.
    let verbosity = Atomic<UInt32>(0)

    /// The totals since the last `stats reset`.
    func totals(of shared: ServerShared) -> MemcachedTotals {
        baseline.withLock { baseline in
            let totals = MemcachedTotals(shared)
            return baseline.map { totals.since($0) } ?? totals
        }
    }

    func reset(_ shared: ServerShared) {
        baseline.withLock { $0 = MemcachedTotals(shared) }
    }

    /// Empties database 0 at `due`, and not at the time that was asked for before.
    func flush(at due: Moment) {
        flushDue.store(due.milliseconds, ordering: .relaxed)
    }

    /// Empties database 0 now, and not at the time that was asked for before.
    func flushNow(_ store: ByteStore) {
        flushDue.store(.max, ordering: .relaxed)
        store.flush(0..<1)
    }

    /// Does what is due. One of the loops that call it at the same time does it.
    func keepHouse(_ store: ByteStore, at now: Moment) {
        let due = flushDue.load(ordering: .relaxed)
        guard due <= now.milliseconds else { return }
        let (isMine, _) = flushDue.compareExchange(
            expected: due, desired: .max, ordering: .relaxed)
        if isMine { store.flush(0..<1) }
    }
}

/// The counters that `stats` shows and `stats reset` sets to zero.
struct MemcachedTotals {
    private var commands: [UInt64]
    var accepted: UInt64
    var rejected: UInt64
    var bytesIn: UInt64
    var bytesOut: UInt64
    var writes: Int
    var evictions: Int
    var expirations: Int
    var evictionsUnread: Int
    var expirationsUnread: Int

    init(_ shared: ServerShared) {
        commands = MemcachedCounter.allCases.map { counter in
            shared.counters.reduce(0) { $0 + $1.memcachedCalls[counter.rawValue] }
        }
        let counted = shared.store.statistics
        accepted = shared.traffic.accepted
        rejected = shared.traffic.rejected
        bytesIn = shared.traffic.bytesIn
        bytesOut = shared.traffic.bytesOut
        writes = counted.writes
        evictions = counted.evictions
        expirations = counted.expirations
        evictionsUnread = counted.evictionsUnread
        expirationsUnread = counted.expirationsUnread
    }

    subscript(counter: MemcachedCounter) -> UInt64 { commands[counter.rawValue] }

    /// What was counted after `start`. A counter that was set to zero since then starts there.
    func since(_ start: Self) -> Self {
        var rest = self
        for index in commands.indices { rest.commands[index] -= start.commands[index] }
        rest.accepted -= start.accepted
        rest.rejected -= start.rejected
        rest.bytesIn -= start.bytesIn
        rest.bytesOut -= start.bytesOut
        rest.writes = Self.difference(writes, start.writes)
        rest.evictions = Self.difference(evictions, start.evictions)
        rest.expirations = Self.difference(expirations, start.expirations)
        rest.evictionsUnread = Self.difference(evictionsUnread, start.evictionsUnread)
        rest.expirationsUnread = Self.difference(expirationsUnread, start.expirationsUnread)
        return rest
    }

    private static func difference(_ now: Int, _ then: Int) -> Int {
        now < then ? now : now - then
    }
}
