import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// The store against a dictionary, with structures checked along the way.
@Suite struct ByteStoreModelTests {
    struct Value: Equatable {
        var bytes: [UInt8]
        var flags: UInt32
        var expiry: Moment
    }

    enum Operation {
        case read, put(length: Int, flags: UInt32, life: UInt64?), remove, expire(life: UInt64?)
        case version, flush, advance(UInt64), housekeep
    }

    @Test(arguments: UInt64(0)..<9)
    func `agrees with a dictionary while memory is plenty`(seed: UInt64) throws {
        var run = Run(seed: seed, limit: 256 << 20, policy: policy(seed), lengths: Run.mixed)
        for step in 0..<2000 {
            try run.step()
            if step % 500 == 499 { try run.store.checkInvariants() }
        }
        #expect(run.store.statistics.evictions == 0)
    }

    @Test(arguments: UInt64(0)..<9)
    func `never holds a wrong value while it evicts`(seed: UInt64) throws {
        var run = Run(seed: seed, limit: 2 << 20, policy: policy(seed), lengths: Run.heavy)
        run.mayEvict = true
        for step in 0..<2000 {
            try run.step()
            if step % 500 == 499 { try run.store.checkInvariants() }
            #expect(run.store.budget.used <= run.store.budget.limit)
        }
        #expect(run.store.statistics.evictions > 0)
    }

    private func policy(_ seed: UInt64) -> PolicyKind {
        PolicyKind.allCases[Int(seed) % PolicyKind.allCases.count]
    }
}

/// A store, the dictionary that it should equal, and the random source of one test.
struct Run {
    static let mixed = [0, 1, 8, 20, 64, 64, 64, 200, 1000, 5000, 8300, 20_000]
    static let heavy = [64, 64, 500, 3000, 8000, 9000, 20_000, 40_000]

    let store: ByteStore
    let lengths: [Int]
    var mayEvict = false
    private var random: SeededRandom
    private var now = Moment(milliseconds: 1_000_000)
    private var model: [[UInt8]: ByteStoreModelTests.Value] = [:]

    init(seed: UInt64, limit: Int, policy: PolicyKind, lengths: [Int]) {
        var configuration = MemoryConfiguration()
        configuration.limit = MemoryConfiguration.Limit(bytes: limit)
        configuration.policy = policy
        configuration.hashSeed = seed
        store = ByteStore(configuration, at: now)
        self.lengths = lengths
        random = SeededRandom(seed: seed)
    }

    mutating func step() throws {
        let key = Array("key:\(Int.random(in: 0..<400, using: &random))".utf8)
        try apply(operation(), to: key)
    }

    private mutating func operation() -> ByteStoreModelTests.Operation {
        let lasts = Bool.random(using: &random)
        let life: UInt64? = lasts ? nil : .random(in: 1...90_000, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: return .read
        case 35..<75:
            let flags: UInt32 = Int.random(in: 0..<4, using: &random) == 0 ? 7 : 0
            let length = lengths.randomElement(using: &random) ?? 0
            return .put(length: length, flags: flags, life: life)
        case 75..<83: return .remove
        case 83..<88: return .expire(life: life)
        case 88..<92: return .version
        case 92: return Int.random(in: 0..<8, using: &random) == 0 ? .flush : .read
        case 93..<97: return .advance(.random(in: 1...20_000, using: &random))
        default: return .housekeep
        }
    }

    private mutating func apply(
        _ operation: ByteStoreModelTests.Operation, to key: [UInt8]
    ) throws {
        lastOperation = "\(operation)"
        let hash = unsafe store.hash(key.span.bytes)
        if let old = model[key], old.expiry <= now { model[key] = nil }
        switch operation {
        case .read: break
        case .put(let length, let flags, let life):
            let fill = UInt8.random(in: 0...255, using: &random)
            let bytes = [UInt8](repeating: fill, count: length)
            let expiry = deadline(life)
            change(key, hash) { unsafe $0.put(bytes.span.bytes, expiry: expiry, flags: flags) }
            model[key] = .init(bytes: bytes, flags: flags, expiry: expiry)
        case .remove:
            change(key, hash) { $0.remove() }
            model[key] = nil
        case .expire(let life):
            let expiry = deadline(life)
            change(key, hash) { if $0.exists { $0.setExpiry(expiry) } }
            model[key]?.expiry = expiry
        case .version: try checkVersion(key, hash)
        case .flush:
            store.flush(0..<1)
            model = [:]
            #expect(store.count(database: 0) == 0)
        case .advance(let milliseconds):
            now = Moment(milliseconds: now.milliseconds + milliseconds)
        case .housekeep:
            for shard in 0..<store.shardCount {
                _ = store.housekeep(shard: shard, at: now, limit: 64)
            }
        }
        try check(key, hash)
    }

    private var lastOperation = ""

    private func brief(_ value: ByteStoreModelTests.Value?) -> String {
        guard let value else { return "nothing" }
        let bytes = Set(value.bytes).sorted().prefix(4)
        return "\(value.bytes.count) bytes of \(bytes), flags \(value.flags), \(value.expiry)"
    }

    private func deadline(_ life: UInt64?) -> Moment {
        life.map { Moment(milliseconds: now.milliseconds + $0) } ?? .never
    }

    private func change(_ key: [UInt8], _ hash: UInt64, _ body: (inout KeyAccess) -> Void) {
        unsafe store.withKey(key.span.bytes, hash, database: 0, at: now, body)
    }

    private func checkVersion(_ key: [UInt8], _ hash: UInt64) throws {
        var versions: [UInt64?] = []
        for _ in 0..<2 { change(key, hash) { versions.append($0.version()) } }
        if !mayEvict { #expect(versions[0] == versions[1]) }
    }

    private mutating func check(_ key: [UInt8], _ hash: UInt64) throws {
        if let expected = model[key], expected.expiry <= now { model[key] = nil }
        var actual: ByteStoreModelTests.Value?
        change(key, hash) { access in
            guard access.exists else { return }
            var bytes: [UInt8] = []
            access.copyValue(into: &bytes)
            actual = .init(bytes: bytes, flags: access.flags, expiry: access.expiry)
        }
        if actual == nil, mayEvict {
            model[key] = nil
            return
        }
        let isEqual = actual == model[key]
        try #require(isEqual, "\(brief(actual)), not \(brief(model[key])) by \(lastOperation)")
    }
}
