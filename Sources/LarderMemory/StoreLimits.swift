import Synchronization

/// Limits that may change while the store runs. Relaxed: each is one number of its own.
final class StoreLimits: Sendable {
    private let entryMax: Atomic<Int>
    private let entries = Atomic<Int>(0)
    private let mayEvict: Atomic<Bool>
    let shardCount: Int
    /// Bytes of the largest value, by configuration.
    let valueMax: Int

    init(entryMax: Int, shardCount: Int, mayEvict: Bool, valueMax: Int) {
        self.entryMax = Atomic(entryMax)
        self.shardCount = shardCount
        self.valueMax = valueMax
        self.mayEvict = Atomic(mayEvict)
    }

    /// Whether a write may evict. If not, it fails when memory is full.
    var evicts: Bool {
        get { mayEvict.load(ordering: .relaxed) }
        set { mayEvict.store(newValue, ordering: .relaxed) }
    }

    /// Most entries of the store; 0 means that only bytes count.
    var entryLimit: Int { entryMax.load(ordering: .relaxed) }

    /// Entries that may still be added; negative when there are too many.
    var entryRoom: Int {
        let limit = entryLimit
        return limit == 0 ? .max : limit - entries.load(ordering: .relaxed)
    }

    /// Takes the place of one more entry, if there is one. Entries are counted only when there is a
    /// limit, since all shards share the counter.
    func reserveEntry() -> Bool {
        let limit = entryLimit
        guard limit != 0 else { return true }
        var current = entries.load(ordering: .relaxed)
        while current < limit {
            let (exchanged, original) = entries.weakCompareExchange(
                expected: current, desired: current + 1, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    /// Gives the place of an entry back.
    func releaseEntry() {
        if entryLimit != 0 { entries.subtract(1, ordering: .relaxed) }
    }

    /// Changes the limit while nobody adds or removes, and `count` entries are there.
    func setEntryLimit(_ limit: Int, count: Int) {
        entries.store(count, ordering: .relaxed)
        entryMax.store(limit, ordering: .relaxed)
    }
}

/// Numbers of key spaces.
enum KeySpaces {
    /// 12 bits in an entry's header.
    static var count: Int { 4096 }
}
