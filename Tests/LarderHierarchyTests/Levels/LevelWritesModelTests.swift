import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// `LevelWrites` against a level that is slow and fails, and a model that knows what came last.
@Suite struct LevelWritesModelTests {
    enum Plant: CaseIterable {
        /// A write that failed is taken for one that succeeded.
        case forgetsFailures
        /// A level is believed while it is written to.
        case believesTooSoon
        /// The level hears of a ban before older puts have ended.
        case bansTooSoon
    }

    @Test(arguments: UInt64(0)..<200)
    func `never believes an older copy`(seed: UInt64) throws {
        var world = LevelWritesWorld(seed: seed)
        try world.run()
    }

    @Test(arguments: Plant.allCases)
    func `notices a planted bug`(plant: Plant) {
        let noticed = (UInt64(0)..<200).contains { seed in
            var world = LevelWritesWorld(seed: seed, plant: plant)
            do {
                try world.run()
                return false
            } catch {
                return true
            }
        }
        #expect(noticed)
    }
}

struct LevelWritesWorld {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static let keys = (0..<5).map { Key(Array("key:\($0)".utf8)) }

    private let plant: LevelWritesModelTests.Plant?
    private var dice: SeededRandom
    private var writes: LevelWrites
    private var level: [Key: Entry] = [:]
    private var underWay: [LevelWrites.Send] = []
    /// The newest change of each key; `nil` for a removal.
    private var newest: [Key: Entry?] = [:]
    private var bans: [Ban] = []
    private var time: UInt64 = 1

    init(seed: UInt64, plant: LevelWritesModelTests.Plant? = nil) {
        dice = SeededRandom(seed: seed)
        self.plant = plant
        var bounds = LevelWriteBounds()
        bounds.batch = Int.random(in: 1...4, using: &dice)
        bounds.atOnce = Int.random(in: 1...3, using: &dice)
        bounds.keys = Int.random(in: 2...5, using: &dice)
        bounds.bans = Int.random(in: 1...3, using: &dice)
        bounds.putBytes = Bool.random(using: &dice) ? 1 << 20 : 600
        writes = LevelWrites(bounds)
    }

    mutating func run() throws {
        for _ in 0..<150 {
            time += 1
            try step()
            try check()
        }
        for _ in 0..<100 {
            while let send = writes.take() { underWay.append(send) }
            while !underWay.isEmpty { try end(0, succeeds: true) }
        }
        guard writes.isIdle, writes.putBytes == 0 else {
            throw Violation(description: "\(writes.count) keys are in doubt for ever")
        }
        try check()
    }

    private mutating func step() throws {
        let key = Self.keys[Int.random(in: 0..<Self.keys.count, using: &dice)]
        let now = Tick(nanoseconds: time)
        switch Int.random(in: 0..<10, using: &dice) {
        case 0...2:
            var entry = Entry(key: key, value: Array("\(time)".utf8), created: now)
            if Bool.random(using: &dice) { entry.tags = [Array("tag".utf8)] }
            newest[key] = .some(entry)
            writes.append(.put(entry), of: key, at: now)
        case 3:
            newest[key] = .some(nil)
            writes.append(.remove, of: key, at: now)
        case 4:
            let scope: Ban.Scope = Bool.random(using: &dice) ? .tag(Array("tag".utf8)) : .key(key)
            let ban = Ban(scope, .hard, before: now)
            bans.append(ban)
            writes.append(ban)
            if plant == .bansTooSoon { drop(ban) }
        case 5, 6: take()
        case 7: level[key] = nil
        default:
            guard !underWay.isEmpty else { return }
            let index = Int.random(in: 0..<underWay.count, using: &dice)
            try end(index, succeeds: Int.random(in: 0..<4, using: &dice) > 0)
        }
        try writes.checkInvariants()
    }

    private mutating func take() {
        guard let send = writes.take() else { return }
        // The level does it at once, when it ends, or not at all.
        if Bool.random(using: &dice) { apply(send.change) }
        underWay.append(send)
    }

    private mutating func end(_ index: Int, succeeds: Bool) throws {
        let send = underWay.remove(at: index)
        if succeeds || Bool.random(using: &dice) { apply(send.change) }
        writes.ended(
            send.number, succeeded: succeeds || plant == .forgetsFailures,
            at: Tick(nanoseconds: time - 1))
    }

    private mutating func apply(_ change: LevelChange) {
        switch change {
        case .put(let entries): for entry in entries { level[entry.key] = entry }
        case .remove(let keys): for key in keys { level[key] = nil }
        case .ban(let ban): if plant != .bansTooSoon { drop(ban) }
        }
    }

    private mutating func drop(_ ban: Ban) {
        level = level.filter { !ban.matches($0.value, namespace: nil) }
    }

    private func check() throws {
        for (key, entry) in level {
            guard writes.believes(key) || plant == .believesTooSoon,
                !writes.isBanned(entry, namespace: nil, askedAt: Tick(nanoseconds: time))
            else { continue }
            guard newest[key] == .some(entry) else {
                throw Violation(description: "an older copy of \(key) shines through")
            }
            guard !bans.contains(where: { $0.matches(entry, namespace: nil) }) else {
                throw Violation(description: "\(key) outlived its ban")
            }
        }
    }
}
