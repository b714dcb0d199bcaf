import LarderCore
import Synchronization

/// The keys whose change one client wants to know of, from WATCH until EXEC.
///
/// The client's own thread uses it; shards only see the flag. It can be used again after
/// `ByteStore.endWatch`, which must have been called before it goes.
public final class KeyWatch {
    let flag = WatchFlag()
    private(set) var keys: [WatchedKey] = []
    /// Shards of the keys.
    public private(set) var shards = ShardSet()
    /// When the first of the keys expires. Whoever puts its expiry off has changed it, so this need
    /// not be asked again.
    private var firstExpiry = Moment.never
    /// How often the databases of the keys had moved when they were added.
    private(set) var marks: [WatchMark] = []

    /// Most keys that a client may watch: it holds about 60 bytes for each, here and in the shard,
    /// and every one is looked at when the watch ends.
    public static var keyCountMax: Int { 1 << 16 }

    /// Watches nothing.
    public init() {}

    /// Whether no key is watched.
    public var isEmpty: Bool { keys.isEmpty }

    /// Keys that are watched.
    public var count: Int { keys.count }

    /// Bytes held for the watch, in the shards too.
    public var heldBytes: Int {
        keys.capacity * MemoryLayout<WatchedKey>.stride
            + keys.count * 2 * MemoryLayout<WatchTable.Entry>.stride
            + marks.capacity * MemoryLayout<WatchMark>.stride
    }

    /// Whether a key has been written or has expired. What happened to its database as a whole,
    /// `ByteStore.isBroken` knows.
    func isBroken(at now: Moment) -> Bool {
        flag.isSet || firstExpiry <= now
    }

    /// Adds a key. `expiry` is nil when it has no entry.
    func append(_ key: WatchedKey, shard: Int, expiry: Moment?, moves: UInt32) {
        keys.append(key)
        if marks.last?.database != key.database || marks.last?.moves != moves {
            marks.append(WatchMark(database: key.database, moves: moves))
        }
        if expiry != nil {
            marks[marks.count - 1].hasEntries = true
        } else {
            marks[marks.count - 1].hasGaps = true
        }
        shards.insert(shard)
        if let expiry, expiry < firstExpiry { firstExpiry = expiry }
    }

    func removeAll() {
        keys.removeAll(keepingCapacity: keys.count <= 64)
        shards = ShardSet()
        firstExpiry = .never
        marks.removeAll(keepingCapacity: marks.count <= 64)
        flag.clear()
    }
}

/// What a watch has to know of a database, to notice that it was flushed or exchanged.
struct WatchMark: BitwiseCopyable {
    let database: Int
    /// How often it had been.
    let moves: UInt32
    /// Whether some of the keys had entries, which are gone then.
    var hasEntries = false
    /// Whether some had none, which they may get by an exchange.
    var hasGaps = false
}

/// A key, by its hash: two keys of one hash would at worst end a watch for nothing.
struct WatchedKey: BitwiseCopyable {
    let hash: UInt64
    let database: Int
}

/// Whether a watch is broken.
///
/// Relaxed: it is set under the lock of a shard, and who relies on it asks under the same lock.
final class WatchFlag: Sendable {
    private let value = Atomic<Bool>(false)
    /// That of a `KeyMark` tells its key to the log when it is set first.
    private let log: KeyEventLog?
    private let key: Key?

    init() {
        (log, key) = (nil, nil)
    }

    init(of key: Key, telling log: KeyEventLog) {
        (self.log, self.key) = (log, key)
    }

    var isOfMark: Bool { log != nil }
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() {
        guard let log, let key else { return value.store(true, ordering: .relaxed) }
        if !value.exchange(true, ordering: .relaxed) { log.noteChange(of: key) }
    }
    func clear() { value.store(false, ordering: .relaxed) }
}
