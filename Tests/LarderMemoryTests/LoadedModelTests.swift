import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Loads, negative entries, tags, windows and bans against the naive model, with housekeeping in
/// between and structures checked after each step. Promises P2 and P10 at the store.
@Suite struct LoadedModelTests {
    @Test(arguments: UInt64(0)..<16)
    func `agrees with the model`(seed: UInt64) throws {
        var run = LoadedRun(seed: seed)
        for _ in 0..<300 { try run.step() }
        try run.checkAll()
    }
}

struct LoadedRun {
    private static let keys =
        ["a", "b", "user:1", "user:1:x", "user:1:x:y", "user:2", "user:2:x", "user", "c:1", "c:2"]
    private static let tags = ["red", "blue", "green"]
    private static let patterns = ["user:1:*", "user:1:+", "user:*", "user:+", "c:*", "*"]
    private static let lengths = [0, 1, 30, 200, 9000, 20_000]

    private var fixture: StoreFixture
    private var random: SeededRandom
    private var model = LoadedModel()
    private var last = ""

    init(seed: UInt64) {
        fixture = StoreFixture(limit: 8 << 20)
        random = SeededRandom(seed: seed)
        for key in Self.keys { fixture.put("other:" + key, [1], database: 1) }
    }

    private var now: UInt64 { fixture.now.milliseconds }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    mutating func step() throws {
        let key = pick(Self.keys)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<20: begin(key)
        case 20..<48: try land()
        case 48..<58: write(key)
        case 58..<63: remove(key)
        case 63..<68: expire(key)
        case 68..<71: edit(key)
        case 71..<74: version(key)
        case 74..<80: ban(key)
        case 80..<90:
            let time = UInt64.random(in: 1...600, using: &random)
            last = "advance \(time)"
            fixture.advance(time)
        default: keepHouse()
        }
        try fixture.store.checkInvariants()
        try check(pick(Self.keys))
        if chance(10) { try checkAll() }
    }

    private mutating func begin(_ key: String) {
        model.loads.append(.init(key: key, token: fixture.token(key)))
        last = "begin \(key)"
    }

    private mutating func newEntry() -> LoadedModel.Entry {
        let fresh: UInt64? = chance(15) ? nil : .random(in: 1...1500, using: &random)
        let stale: UInt64 = chance(30) ? 0 : .random(in: 1...1500, using: &random)
        let length = pick(Self.lengths)
        let value = [UInt8](repeating: .random(in: 0...255, using: &random), count: length)
        return LoadedModel.Entry(
            value: value, freshUntil: fresh.map { now + $0 } ?? .max,
            end: fresh.map { now + $0 + stale } ?? .max, isLoaded: true,
            namespace: UInt16.random(in: 0..<3, using: &random),
            tags: Self.tags.filter { _ in chance(30) })
    }

    private mutating func land() throws {
        guard !model.loads.isEmpty else { return }
        let load = model.loads.remove(at: Int.random(in: 0..<model.loads.count, using: &random))
        var entry = newEntry()
        if chance(25) { (entry.isNegative, entry.value, entry.tags) = (true, [], []) }
        var provenance = fixture.provenance(namespace: entry.namespace, tags: entry.tags)
        provenance.freshUntil = Moment(milliseconds: entry.freshUntil)
        provenance.end = Moment(milliseconds: entry.end)
        let outcome =
            entry.isNegative
            ? fixture.loadAbsent(load.key, provenance, token: load.token)
            : fixture.load(load.key, entry.value, provenance, token: load.token)
        let expected = model.permits(load, entry)
        last = "land \(load.key), \(entry.isNegative ? "absent" : "there"), \(outcome)"
        try #require((outcome == .stored) == expected, "\(last), not \(expected)")
        if expected { model.entries[load.key] = entry }
    }

    private mutating func write(_ key: String) {
        let expiry: UInt64 = chance(50) ? .max : now + .random(in: 1...1000, using: &random)
        let value = [UInt8](repeating: 5, count: pick(Self.lengths))
        fixture.put(key, value, expiry: Moment(milliseconds: expiry))
        model.write(key, .init(value: value, freshUntil: expiry, end: expiry))
        last = "write \(key)"
    }

    private mutating func remove(_ key: String) {
        fixture.remove(key)
        model.write(key, nil)
        last = "remove \(key)"
    }

    /// A change of expiry keeps the stale window.
    private mutating func expire(_ key: String) {
        let expiry: UInt64 = chance(30) ? .max : now + .random(in: 1...1500, using: &random)
        fixture.access(key) { if $0.exists { $0.setExpiry(Moment(milliseconds: expiry)) } }
        last = "expire \(key) at \(expiry)"
        guard var entry = model.visible(key, at: now) else { return }
        let window = entry.freshUntil == .max ? 0 : entry.end - entry.freshUntil
        entry.freshUntil = expiry
        entry.end = expiry == .max ? .max : expiry + window
        model.entries[key] = entry
    }

    private mutating func edit(_ key: String) {
        let bytes = StoreFixture.bytes(key)
        let growth = chance(50) ? 0 : 10
        unsafe _ = fixture.store.edit(
            bytes.span.bytes, fixture.hash(key), database: 0, at: fixture.now,
            to: { $0.exists && $0.valueLength > 0 ? $0.valueLength + growth : nil },
            {
                $0[0] = 77; return true
            })
        last = "edit \(key)"
        guard var entry = model.visible(key, at: now), !entry.value.isEmpty else { return }
        entry.value[0] = 77
        entry.value += [UInt8](repeating: 0, count: growth)
        model.write(key, entry)
    }

    private mutating func version(_ key: String) {
        fixture.access(key) { _ = $0.version() }
        last = "version \(key)"
    }

    private mutating func ban(_ key: String) {
        let isHard = chance(50)
        let scope: BanScope =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: .key(StoreFixture.bytes(key), database: 0)
            case 3..<5: .tag(StoreFixture.bytes(pick(Self.tags)))
            case 5..<7: .namespace(UInt16.random(in: 1..<3, using: &random))
            case 7: chance(30) ? .everything : .tag(StoreFixture.bytes(pick(Self.tags)))
            default: StoreFixture.prefix(pick(Self.patterns))
            }
        fixture.ban(scope, isHard ? .hard : .soft)
        model.ban(scope, isHard: isHard, at: now)
        last = "\(isHard ? "hard" : "soft") ban of \(scope)"
    }

    private mutating func keepHouse() {
        let limit = pick([1, 16, 256])
        for shard in 0..<fixture.store.shardCount where chance(70) {
            _ = fixture.store.housekeep(shard: shard, at: fixture.now, limit: limit)
        }
        last = "housekeep"
    }

    mutating func checkAll() throws {
        // Those who only look come first: the others clear up what they meet.
        let visible = Self.keys.filter { model.visible($0, at: now) != nil }
        try #require(Set(fixture.scanAll().keys) == Set(visible), "scan after \(last)")
        for key in Self.keys { try check(key) }
    }

    private mutating func check(_ key: String) throws {
        let entry = model.entry(key, at: now)
        let isStale = entry.map { $0.freshUntil <= now } ?? false
        let seen = fixture.see(key)
        try #require(seen == expected(entry), "\(key) after \(last)")
        try #require(
            fixture.value(key) == model.visible(key, at: now)?.value, "\(key) after \(last)")
        let standing: Standing =
            switch (entry?.isNegative, isStale) {
            case (nil, _), (true?, true): .absent
            case (true?, false): .negative
            case (false?, let isStale): isStale ? .stale : .fresh
            }
        try #require(fixture.standing(key) == standing, "\(key) after \(last)")
        guard let entry, entry.isLoaded, let described = fixture.describe(key) else { return }
        try #require(described.end.milliseconds == entry.end, "\(key) after \(last)")
        let tags = described.provenance?.tags.all.map { String(decoding: $0, as: UTF8.self) }
        try #require(tags == entry.tags, "\(key) after \(last)")
    }

    private func expected(_ entry: LoadedModel.Entry?) -> Seen {
        guard let entry else { return .nothing }
        let isFresh = entry.freshUntil > now
        if entry.isNegative { return .negative(isFresh: isFresh) }
        guard isFresh else { return .stale(entry.value, since: now - entry.freshUntil) }
        return entry.isLoaded ? .fresh(entry.value) : .plain(entry.value)
    }
}
