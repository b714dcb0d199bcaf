import Synchronization

/// Limits that may change while the store runs. Relaxed: each is one number of its own.
final class StoreLimits: Sendable {
    private let entryMax: Atomic<Int>
    private let entries = Atomic<Int>(0)
    private let mayEvict: Atomic<Bool>
    let shardCount: Int

    init(entryMax: Int, shardCount: Int, mayEvict: Bool) {
        self.entryMax = Atomic(entryMax)
        self.shardCount = shardCount
        self.mayEvict = Atomic(mayEvict)
    }

    /// Whether a write may evict. If not, it fails when memory is full.
    var evicts: Bool {
        get { mayEvict.load(ordering: .relaxed) }
        set { mayEvict.store(newValue, ordering: .relaxed) }
    }

    /// Most entries of the store; 0 means that only bytes count.
    var entryLimit: Int {
        get { entryMax.load(ordering: .relaxed) }
        set { entryMax.store(newValue, ordering: .relaxed) }
    }

    /// Entries that may still be added; negative when there are too many.
    var entryRoom: Int {
        let limit = entryLimit
        return limit == 0 ? .max : limit - entries.load(ordering: .relaxed)
    }

    /// Counts only when a limit asks for it: all shards share the counter.
    func countEntries(_ difference: Int) {
        if entryLimit != 0 { entries.add(difference, ordering: .relaxed) }
    }

    func setEntries(_ count: Int) {
        entries.store(count, ordering: .relaxed)
    }
}

/// Numbers of key spaces.
enum KeySpaces {
    /// 12 bits in an entry's header.
    static var count: Int { 4096 }
}
