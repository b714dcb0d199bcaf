import LarderCore
import LarderResilience
import LarderTesting

@testable import LarderHierarchy

/// A whole source in a box: clients, memory, levels, an origin and their faults, all from a seed.
///
/// Time jumps from event to event. Each step checks what must hold at any time; `finish` checks
/// what must hold when nothing happens any more. A value's number says which write made it.
struct SourceSimulation {
    typealias Token = SimulatedMemory.Token
    typealias Core = SourceCore<Token, Int>
    typealias Actions = [SourceAction<Token, Int>]

    enum Event {
        case request
        case apply(Key, Core.WriteID?, isDelete: Bool)
        case acknowledge(Key, Core.WriteID?, version: Int)
        case ban(Ban, [Key: Int])
        case banMemory(Ban, [Key: Int])
        case answer(AskID, [LoadOutcome])
        case levelAnswer(AskID, Int, [Lookup<Entry>])
        case written(AskID, Int, LevelChange, isApplied: Bool, fails: Bool)
        case fill(Fill<Token>)
        case cancel(Int)
        case take(AskID, OriginChange, UInt64, Token, Fate)
        case writeAnswer(AskID, WriteOutcome, Token)
        case settle(Settlement<Token>)
        case leaseSet(Key, UInt64, Token, version: Int)
    }

    /// What the origin has, or had last.
    struct Truth {
        var version = 0
        var isLive = false
    }

    struct Watched {
        let key: Key
        /// The last write that was acknowledged when it asked.
        let known: Int
        /// The same, without bans of tags.
        let knownAbsent: Int
    }

    struct Name: Hashable {
        let key: Key
        let token: Token
    }

    static let keys = (0..<6).map { Key(Array("key:\($0)".utf8)) }
    static let ttl = Duration.milliseconds(150)
    static let stale = Duration.milliseconds(50)
    static let staleIfError = Duration.milliseconds(800)
    private static let requestCount = 120

    let plant: Plant?
    /// One question in so many goes wrong; 0 for none.
    let faultInterval: Int
    /// Whether some clients write to the origin first. Not in each world: a key that is written is
    /// in doubt, and levels are asked less.
    let writesThrough: Bool
    var dice: SeededRandom
    var core: Core
    var leases: LeaseTable<Key, Int>
    var now = Tick(nanoseconds: 1_000_000_000)
    private var events: [(at: Tick, event: Event)] = []
    var requestsLeft = Self.requestCount

    // The world.
    var truth: [Key: Truth] = [:]
    var memory = SimulatedMemory()
    var levels: [SimulatedLevel]
    var lastVersion = 0
    /// Last version of each key whose write was acknowledged.
    var acknowledged: [Key: Int] = [:]
    /// The same, without bans of tags: those do not name what is absent.
    var knownAbsent: [Key: Int] = [:]
    var isDownUntil = Tick(nanoseconds: 0)

    // What is watched.
    var waiting: [Int: Core.WaitID] = [:]
    var watched: [Int: Watched] = [:]
    var nextWaiter = 0
    var asks: [AskID: [Name]] = [:]
    var levelAsks: [AskID: Int] = [:]
    var fills: Set<Name> = []
    /// Keys that somebody writes: in the origin first, or at once.
    var busy: Set<Key> = []
    var writing: [Key: Writing] = [:]
    var writeAsks: Set<AskID> = []
    var lastWriter: UInt64 = 0
    /// What the origin had when it was wanted past memory.
    var bypassing: [Int: (key: Key, version: Int)] = [:]
    /// When the origin last said that the value of a version holds.
    var confirmed: [Int: Tick] = [:]
    /// The write that the origin knew of when it last said that there is no such key.
    var absentSince: [Key: Int] = [:]
    var servedCount = 0
    var failedCount = 0
    var leaseCount = 0

    init(seed: UInt64, plant: Plant? = nil) throws {
        dice = SeededRandom(seed: seed)
        self.plant = plant
        faultInterval = [0, 50, 8][Int.random(in: 0..<3, using: &dice)]
        writesThrough = Bool.random(using: &dice)
        var rules = SourceRules()
        rules.namespace = "all"
        rules.ttl = Self.ttl
        rules.stale = Self.stale
        rules.staleIfError = Self.staleIfError
        rules.negativeTTL = .milliseconds(50)
        rules.waitLimit = .milliseconds(400)
        rules.loadLimit = .seconds(2)
        rules.placement = [.onFirstHit, .onSecondHit, .never][.random(in: 0..<3, using: &dice)]
        var configuration = SourceConfiguration(
            name: "catalog", rules: [rules], batchMax: Int.random(in: 1...4, using: &dice))
        configuration.levels = Array(["disk", "far"].prefix(.random(in: 0...2, using: &dice)))
        configuration.timeout = .milliseconds(60)
        var limits = SourceLimits()
        limits.concurrency.least = 1
        limits.concurrency.first = 2
        limits.concurrency.most = 3
        limits.levelWrites.atOnce = .random(in: 1...3, using: &dice)
        limits.levelWrites.keys = Bool.random(using: &dice) ? 2 : 100
        core = try Core(configuration, limits: limits, seed: seed, at: now)
        leases = try LeaseTable()
        levels = configuration.levels.map { _ in SimulatedLevel() }
        for key in Self.keys {
            lastVersion += 1
            truth[key] = Truth(version: lastVersion, isLive: true)
        }
    }

    /// Runs to the end.
    mutating func run() throws {
        schedule(.request, after: 0)
        while !events.isEmpty || core.nextStep(at: now) != nil {
            try step()
        }
        try finish()
    }

    private mutating func step() throws {
        let index = events.indices.min { events[$0].at < events[$1].at }
        if let timer = core.nextStep(at: now), index.map({ timer < events[$0].at }) ?? true {
            now = max(now, timer)
            var actions: Actions = []
            core.advance(to: now, &actions)
            // A step that changes nothing would repeat for ever.
            if actions.isEmpty, core.nextStep(at: now) == timer {
                now = now.advanced(by: .microseconds(10))
            }
            return try perform(actions)
        }
        guard let index else { return }
        let (time, event) = events.remove(at: index)
        now = max(now, time)
        try handle(event)
    }

    mutating func schedule(_ event: Event, after milliseconds: Double) {
        events.append((now.advanced(by: .nanoseconds(Int64(milliseconds * 1e6))), event))
    }

    mutating func isFault() -> Bool {
        faultInterval > 0 && Int.random(in: 0..<faultInterval, using: &dice) == 0
    }

    mutating func pickKey() -> Key {
        Self.keys[Int.random(in: 0..<Self.keys.count, using: &dice)]
    }

    private mutating func handle(_ event: Event) throws {
        var actions: Actions = []
        switch event {
        case .request: try request(&actions)
        case .apply(let key, let write, let isDelete):
            apply(key, write, isDelete: isDelete)
        case .acknowledge(let key, let write, let version):
            if let write { core.endWrite(write) }
            if plant == .removesTooLate {
                core.endWrite(core.beginWrite(of: [key], at: now, &actions))
            }
            busy.remove(key)
            acknowledged[key] = max(acknowledged[key, default: 0], version)
            knownAbsent[key] = max(knownAbsent[key, default: 0], version)
        case .ban(let ban, let versions): start(ban, versions, &actions)
        case .banMemory(let ban, let versions): finish(ban, versions)
        case .answer(let id, let outcomes): answer(id, outcomes, &actions)
        case .levelAnswer(let id, _, let answers):
            guard levelAsks.removeValue(forKey: id) != nil else { return }
            core.answered(answers, by: id, at: now, &actions)
        case .written(let id, let level, let change, let isApplied, let fails):
            written(id, level, change, isApplied: isApplied, fails: fails, &actions)
        case .fill(let fill): store(fill, &actions)
        case .cancel(let waiter): cancel(waiter, &actions)
        case .take(let id, let change, let writer, let token, let fate):
            finishTake(id, change, writer, token, fate)
        case .writeAnswer(let id, let outcome, let token):
            answerWrite(id, outcome, token, &actions)
        case .settle(let settlement): settle(settlement, &actions)
        case .leaseSet(let key, let lease, let token, let version):
            setByLease(key, lease, token, version, &actions)
        }
        try perform(actions)
    }

    private func finish() throws {
        guard writing.isEmpty, bypassing.isEmpty else {
            throw Violation(description: "P9: a write or a load past memory never ended")
        }
        guard core.counts.writes.waiting == 0 else {
            throw Violation(description: "\(core.counts.writes.waiting) writes wait")
        }
        guard waiting.isEmpty else {
            throw Violation(description: "\(waiting.count) waiters were never told")
        }
        guard core.loadCount == 0, core.waiterCount == 0, core.isIdle, core.marks.isEmpty else {
            throw Violation(description: "\(core.loadCount) loads are left, or a write")
        }
        for level in core.levels { try level.writes.checkInvariants() }
    }
}
