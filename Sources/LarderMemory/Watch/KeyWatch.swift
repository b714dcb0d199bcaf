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
    }

    /// Whether a key has changed or expired since it is watched. Final only while the locks of
    /// `shards` are held.
    public func isBroken(at now: Moment) -> Bool {
        flag.isSet || firstExpiry <= now
    }

    func append(_ key: WatchedKey, shard: Int, expiry: Moment) {
        keys.append(key)
        shards.insert(shard)
        if expiry < firstExpiry { firstExpiry = expiry }
    }

    func removeAll() {
        keys.removeAll(keepingCapacity: keys.count <= 64)
        shards = ShardSet()
        firstExpiry = .never
        flag.clear()
    }
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

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
    func clear() { value.store(false, ordering: .relaxed) }
}
