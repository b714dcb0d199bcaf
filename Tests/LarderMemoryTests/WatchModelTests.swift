import LarderCore
import LarderMemory
import Testing

/// Watches against a naive model: everything that may change a key, in any order.
@Suite struct WatchModelTests {
    /// What a watch is to be: the keys as they were, and whether one of them has changed.
    private struct Model {
        var watches: [[Place]] = [[], [], []]
        var broken = [false, false, false]
        /// What each database holds: key to expiry.
        var entries: [[String: Moment]] = [[:], [:], [:]]

        struct Place: Hashable {
            var key: String
            var database: Int
        }

        mutating func change(_ key: String, _ database: Int) {
            for watch in watches.indices
            where watches[watch].contains(Place(key: key, database: database)) {
                broken[watch] = true
            }
        }

        mutating func expire(at now: Moment) {
            for database in entries.indices {
                for (key, expiry) in entries[database] where expiry <= now {
                    entries[database][key] = nil
                    change(key, database)
                }
            }
        }
    }

    private static let keys = (0..<12).map { "key:\($0)" }

    @Test(arguments: UInt64(0)..<32) func `agrees with the model`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var fixture = StoreFixture(limit: 16 << 20) { $0.databaseCount = 3 }
        var model = Model()
        let watches = [KeyWatch(), KeyWatch(), KeyWatch()]
        for _ in 0..<1_000 {
            let key = Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)]
            let database = Int.random(in: 0..<3, using: &random)
            Self.act(&random, &fixture, &model, watches, key, database)
            model.expire(at: fixture.now)
            for watch in watches.indices {
                let isBroken = fixture.store.isBroken(watches[watch], at: fixture.now)
                #expect(isBroken == model.broken[watch])
            }
        }
        for watch in watches { fixture.store.endWatch(watch) }
        #expect(fixture.store.watchedCount == 0)
        try fixture.store.checkInvariants()
    }

    /// Fails when FLUSHALL looks at each watched key.
    @Test func `a flush costs the same, however many keys are watched`() {
        let fixture = StoreFixture()
        let watch = KeyWatch()
        func threadTime() -> Duration {
            let begin = MonotonicClock.threadTime()
            for number in 0..<40 {
                fixture.put("key:\(number)", count: 1)
                fixture.store.flush(0..<16)
            }
            return MonotonicClock.threadTime() - begin
        }
        _ = threadTime()
        let alone = threadTime()
        for number in 0..<KeyWatch.keyCountMax {
            let bytes = StoreFixture.bytes("watched:\(number)")
            unsafe fixture.store.watch(
                bytes.span.bytes, fixture.hash("watched:\(number)"), database: 0,
                at: fixture.now, by: watch)
        }
        let watched = threadTime()
        #expect(watched < alone * 10, "\(watched) instead of \(alone)")
        #expect(!fixture.store.isBroken(watch, at: fixture.now))
        fixture.store.endWatch(watch)
    }

    private static func act(
        _ random: inout SeededRandom, _ fixture: inout StoreFixture, _ model: inout Model,
        _ watches: [KeyWatch], _ key: String, _ database: Int
    ) {
        let number = Int.random(in: 0..<watches.count, using: &random)
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<8:
            let bytes = StoreFixture.bytes(key)
            unsafe fixture.store.watch(
                bytes.span.bytes, fixture.hash(key), database: database, at: fixture.now,
                by: watches[number])
            model.watches[number].append(.init(key: key, database: database))
        case 8..<16:
            fixture.store.endWatch(watches[number])
            (model.watches[number], model.broken[number]) = ([], false)
        case 16..<18:
            fixture.now = Moment(milliseconds: fixture.now.milliseconds + 3)
            if Bool.random(using: &random) { fixture.settle() }
        case 18: flush(&fixture, &model, database)
        case 19: swap(&fixture, &model, database, Int.random(in: 0..<3, using: &random))
        default: change(&random, fixture, &model, key, database)
        }
    }

    private static func flush(
        _ fixture: inout StoreFixture, _ model: inout Model, _ database: Int
    ) {
        fixture.store.flush(database..<database + 1)
        for key in model.entries[database].keys { model.change(key, database) }
        model.entries[database] = [:]
    }

    private static func swap(
        _ fixture: inout StoreFixture, _ model: inout Model, _ first: Int, _ second: Int
    ) {
        fixture.store.swap(first, second, at: fixture.now)
        guard first != second else { return }
        for key in Set(model.entries[first].keys).union(model.entries[second].keys) {
            model.change(key, first)
            model.change(key, second)
        }
        model.entries.swapAt(first, second)
    }

    /// A write, a removal, a new expiry, or a read that changes nothing.
    private static func change(
        _ random: inout SeededRandom, _ fixture: StoreFixture, _ model: inout Model,
        _ key: String, _ database: Int
    ) {
        let kind = Int.random(in: 0..<6, using: &random)
        let size = [1, 200, 20_000][Int.random(in: 0..<3, using: &random)]
        let isMortal = Bool.random(using: &random)
        let end = Moment(milliseconds: fixture.now.milliseconds + 5)
        let expiry = isMortal ? end : .never
        fixture.access(key, database: database) { access in
            let exists = access.exists
            switch kind {
            case 0, 1:
                let value = [UInt8](repeating: 7, count: size)
                unsafe access.put(value.span.bytes, expiry: expiry)
                model.entries[database][key] = expiry
                model.change(key, database)
            case 2:
                access.remove()
                guard exists else { return }
                model.entries[database][key] = nil
                model.change(key, database)
            case 3 where exists:
                let changes = isMortal || access.expiry != .never
                access.setExpiry(expiry)
                guard changes else { return }
                model.entries[database][key] = expiry
                model.change(key, database)
            case 4: _ = access.version()
            default: access.countRead()
            }
        }
    }
}
