import LarderCore
import LarderMemory

/// A store with short names for what tests do with it.
struct StoreFixture {
    let store: ByteStore
    var now = Moment(milliseconds: 1_000_000)

    init(limit: Int = 64 << 20, _ change: (inout MemoryConfiguration) -> Void = { _ in }) {
        var configuration = MemoryConfiguration()
        configuration.limit = MemoryConfiguration.Limit(bytes: limit)
        configuration.hashSeed = 1
        change(&configuration)
        store = ByteStore(configuration, at: now)
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    func hash(_ key: String) -> UInt64 {
        let key = Self.bytes(key)
        return unsafe store.hash(key.span.bytes)
    }

    func access(_ key: String, database: Int = 0, _ body: (inout KeyAccess) -> Void) {
        let key = Self.bytes(key)
        unsafe store.withKey(
            key.span.bytes, store.hash(key.span.bytes), database: database, at: now, body)
    }

    @discardableResult
    func put(
        _ key: String, _ value: [UInt8], database: Int = 0, expiry: Moment = .never
    ) -> PutOutcome {
        var outcome = PutOutcome.tooLarge
        access(key, database: database) {
            outcome = unsafe $0.put(value.span.bytes, expiry: expiry)
        }
        return outcome
    }

    @discardableResult
    func put(
        _ key: String, count: Int, database: Int = 0, expiry: Moment = .never
    ) -> PutOutcome {
        put(key, [UInt8](repeating: 7, count: count), database: database, expiry: expiry)
    }

    func value(_ key: String, database: Int = 0) -> [UInt8]? {
        var value: [UInt8]?
        access(key, database: database) { access in
            guard access.exists else { return }
            var bytes: [UInt8] = []
            access.copyValue(into: &bytes)
            value = bytes
        }
        return value
    }

    func remove(_ key: String) {
        access(key) { $0.remove() }
    }

    func fill(_ key: String, _ value: String, _ token: FillToken) -> Bool {
        let (key, value) = (Self.bytes(key), Self.bytes(value))
        let outcome = unsafe store.fill(
            value.span.bytes, for: key.span.bytes, store.hash(key.span.bytes), database: 0,
            at: now, ifGeneration: token)
        return outcome == .stored || outcome == .notKept
    }

    func token(_ key: String) -> FillToken { store.generation(of: hash(key)) }

    /// Keeps house until nothing waits any more; at most `rounds` rounds over all shards.
    @discardableResult
    func settle(rounds: Int = 10_000) -> Bool {
        for _ in 0..<rounds {
            var isMore = false
            for shard in 0..<store.shardCount where store.housekeep(shard: shard, at: now) {
                isMore = true
            }
            if !isMore { return true }
        }
        return false
    }

    /// Visits all keys of a database by scanning.
    func scanAll(database: Int = 0, limit: Int = 10, between: () -> Void = {}) -> [String: Int] {
        var found: [String: Int] = [:]
        var cursor: UInt64 = 0
        repeat {
            cursor = store.scan(from: cursor, database: database, limit: limit, at: now) { key in
                let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
                found[String(decoding: bytes, as: UTF8.self), default: 0] += 1
            }
            between()
        } while cursor != 0
        return found
    }
}
