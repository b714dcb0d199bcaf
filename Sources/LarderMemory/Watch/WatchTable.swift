/// The keys of one shard that clients watch.
///
/// 64 buckets by the top bits of the hash, and a word with one bit for each that is not empty: a
/// writer tests its bit, which is all that watching costs those whose keys nobody watches.
struct WatchTable: ~Copyable {
    struct Entry {
        let hash: UInt64
        let database: UInt32
        /// How often the database had moved when the key was added.
        let moves: UInt32
        let flag: WatchFlag
    }

    private var filter: UInt64 = 0
    private var buckets: [[Entry]] = []

    static var bucketCount: Int { 64 }

    var isEmpty: Bool { filter == 0 }

    var count: Int { buckets.reduce(0) { $0 + $1.count } }

    /// Whether somebody may watch a key of this hash.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        filter & 1 << (hash >> 58) != 0
    }

    /// Adds a key to a watch.
    ///
    /// - Returns: `false` when the watch has the key already.
    /// - Complexity: O(entries of one bucket).
    mutating func insert(_ key: WatchedKey, moves: UInt32, _ flag: WatchFlag) -> Bool {
        if buckets.isEmpty { buckets = Array(repeating: [], count: Self.bucketCount) }
        let bucket = Int(key.hash >> 58)
        let isThere = buckets[bucket].contains { entry in
            entry.hash == key.hash && Int(entry.database) == key.database && entry.flag === flag
        }
        guard !isThere else { return false }
        buckets[bucket].append(
            Entry(hash: key.hash, database: UInt32(key.database), moves: moves, flag: flag))
        filter |= 1 << UInt64(bucket)
        return true
    }

    /// - Complexity: O(entries of one bucket).
    mutating func remove(_ key: WatchedKey, _ flag: WatchFlag) {
        let bucket = Int(key.hash >> 58)
        guard !buckets.isEmpty else { return }
        let index = buckets[bucket].firstIndex { entry in
            entry.hash == key.hash && Int(entry.database) == key.database && entry.flag === flag
        }
        guard let index else { return }
        buckets[bucket].swapAt(index, buckets[bucket].count - 1)
        buckets[bucket].removeLast()
        guard buckets[bucket].isEmpty else { return }
        filter &= ~(1 << UInt64(bucket))
        if buckets[bucket].capacity > 8 { buckets[bucket] = [] }
    }

    /// Visits the entries with this hash.
    func forEach(_ hash: UInt64, _ body: (Entry) -> Void) {
        guard mayHold(hash) else { return }
        for entry in buckets[Int(hash >> 58)] where entry.hash == hash { body(entry) }
    }

    /// Visits the entries of one bucket.
    func forEach(inBucket bucket: Int, _ body: (Entry) -> Void) {
        guard !buckets.isEmpty else { return }
        for entry in buckets[bucket] { body(entry) }
    }
}
