import LarderCore
import LarderResilience
import LarderTesting

@testable import LarderHierarchy

/// A whole source in a box: clients, memory, a level, an origin and their faults, all from a seed.
///
/// Time jumps from event to event. Each step checks what must always hold; `finish` checks what
/// must hold when nothing happens any more.
struct SourceSimulation {
    /// What is broken on purpose, to show that it is noticed.
    enum Plant {
        /// A fill does not look at the generation.
        case fillsBlindly
        /// Who needs a key joins a load that began before a write.
        case joinsOldLoads
        /// The flight leaves the table before memory has the value.
        case landsBeforeFill
        /// A waiter that goes away ends the load.
        case cancelEndsLoad
    }

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// A value is the number of the write that made it.
    private struct Stored {
        var version: Int
        var freshUntil: Tick
        var end: Tick
    }

    private enum Event {
        case request, write, delete
        case answer(AskID, [LoadOutcome])
        case levelAnswer(AskID, [Lookup<Entry>])
        case fill(Fill<Int>)
        case cancel(Int)
    }

    private static let keys = (0..<6).map { Key(Array("key:\($0)".utf8)) }
    private static let requestCount = 150

    private let plant: Plant?
    /// One question in so many goes wrong; 0 for none.
    private let faultInterval: Int
    private var dice: SeededRandom
    private var core: SourceCore<Int, Int>
    private var now = Tick(nanoseconds: 1_000_000_000)
    private var events: [(at: Tick, event: Event)] = []
    private var requestsLeft = Self.requestCount

    // The world.
    private var truth: [Key: Int] = [:]
    private var generations: [Key: Int] = [:]
    private var memory: [Key: Stored] = [:]
    private var nextVersion = 1
    /// Last version of each key whose write was acknowledged.
    private var acknowledged: [Key: Int] = [:]
    private var isDownUntil = Tick(nanoseconds: 0)

    // What is watched.
    private var waiting: [Int: SourceCore<Int, Int>.WaitID] = [:]
    private var keysOf: [Int: (key: Key, acknowledged: Int)] = [:]
    private var nextWaiter = 0
    private var loading: [Key: [Int: Int]] = [:]
    private var asks: [AskID: [(key: Key, generation: Int)]] = [:]
    private(set) var loadCount = 0
    private(set) var servedCount = 0
    private(set) var failedCount = 0

    init(seed: UInt64, plant: Plant? = nil) throws {
        dice = SeededRandom(seed: seed)
        self.plant = plant
        faultInterval = [0, 50, 8][Int.random(in: 0..<3, using: &dice)]
        var rules = SourceRules()
        rules.ttl = .milliseconds(400)
        rules.stale = .milliseconds(100)
        rules.staleIfError = .milliseconds(300)
        rules.negativeTTL = .milliseconds(50)
        rules.waitLimit = .milliseconds(300)
        rules.loadLimit = .seconds(2)
        var configuration = SourceConfiguration(
            name: "catalog", rules: [rules], batchMax: Int.random(in: 1...4, using: &dice))
        if Bool.random(using: &dice) { configuration.levels = ["disk"] }
        configuration.timeout = .milliseconds(200)
        var limits = SourceLimits()
        limits.concurrency.least = 1
        limits.concurrency.first = 2
        limits.concurrency.most = 3
        core = try SourceCore(configuration, limits: limits, seed: seed, at: now)
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
        let timer = core.nextStep(at: now)
        if let timer, index.map({ timer < events[$0].at }) ?? true {
            now = max(now, timer)
            var actions: [SourceAction<Int, Int>] = []
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

    private mutating func schedule(_ event: Event, after milliseconds: Double) {
        let delay = Duration.nanoseconds(Int64(milliseconds * 1e6))
        events.append((now.advanced(by: delay), event))
    }

    private mutating func handle(_ event: Event) throws {
        var actions: [SourceAction<Int, Int>] = []
        switch event {
        case .request: try request(&actions)
        case .write, .delete: write(isDelete: { if case .delete = event { true } else { false } }())
        case .answer(let id, let outcomes):
            asks[id] = nil
            core.loaded(outcomes, by: id, at: now, &actions)
        case .levelAnswer(let id, let answers):
            core.answered(answers, by: id, at: now, &actions)
        case .fill(let fill): store(fill, &actions)
        case .cancel(let waiter):
            if let wait = waiting.removeValue(forKey: waiter) {
                core.cancel(wait)
                keysOf[waiter] = nil
            }
        }
        try perform(actions)
    }

    // MARK: Clients

    private mutating func request(_ actions: inout [SourceAction<Int, Int>]) throws {
        requestsLeft -= 1
        if requestsLeft > 0 { schedule(.request, after: .random(in: 0...12, using: &dice)) }
        switch Int.random(in: 0..<20, using: &dice) {
        case 0: schedule(.write, after: 0)
        case 1: schedule(.delete, after: 0)
        case 2 where faultInterval == 8:
            isDownUntil = now.advanced(by: .milliseconds(Int.random(in: 1...400, using: &dice)))
        default: break
        }
        for _ in 0..<Int.random(in: 1...3, using: &dice) { try get(pickKey()) }
        core.begin(at: now, &actions)
    }

    private mutating func pickKey() -> Key {
        Self.keys[Int.random(in: 0..<Self.keys.count, using: &dice)]
    }

    private mutating func get(_ key: Key) throws {
        if let stored = memory[key], now < stored.freshUntil {
            return try serve(key, stored.version, since: acknowledged[key, default: 0])
        }
        let generation = plant == .joinsOldLoads ? 0 : generations[key, default: 0]
        let waiter = nextWaiter
        nextWaiter += 1
        let need = Need(key, at: generation, binding: 0)
        let held = memory[key].map { now < $0.freshUntil } ?? false
        let (joined, wait) = core.need(need, for: waiter, at: now) { held }
        switch joined {
        case .waits:
            waiting[waiter] = wait
            keysOf[waiter] = (key, acknowledged[key, default: 0])
            if Int.random(in: 0..<8, using: &dice) == 0 {
                schedule(.cancel(waiter), after: .random(in: 0...100, using: &dice))
            }
        case .held: throw Violation(description: "memory was looked at before")
        case .failed: failedCount += 1
        }
    }

    /// A client is given a version; it must be one that was current after it had asked.
    private mutating func serve(_ key: Key, _ version: Int, since known: Int) throws {
        servedCount += 1
        guard version >= known else {
            throw Violation(
                description:
                    "P2: \(key) is given version \(version) after \(known) was acknowledged")
        }
    }

    private mutating func write(isDelete: Bool) {
        let key = pickKey()
        truth[key] = isDelete ? nil : nextVersion
        generations[key, default: 0] += 1
        memory[key] = nil
        core.noteWrite(of: key)
        acknowledged[key] = nextVersion
        nextVersion += 1
    }

    // MARK: What the core wants

    private mutating func perform(_ actions: [SourceAction<Int, Int>]) throws {
        for action in actions {
            switch action {
            case .askOrigin(let id, _, let keys): try ask(id, keys)
            case .askLevel(let id, _, let keys):
                if isFault() { continue }
                let failure = SourceFailure(source: "disk", cause: .refused)
                let answers = keys.map { _ -> Lookup<Entry> in
                    isFault() ? .failed(failure) : .absent
                }
                schedule(.levelAnswer(id, answers), after: .random(in: 0...60, using: &dice))
            case .cancel(let id): asks[id] = nil
            case .fill(let fill): schedule(.fill(fill), after: .random(in: 0...1, using: &dice))
            case .land(let waiters, let landing): try land(waiters, landing)
            case .timeOut(let waiters, _):
                for waiter in waiters { try forget(waiter) }
            }
        }
    }

    /// The origin reads the truth at once and answers later; or not at all.
    private mutating func ask(_ id: AskID, _ keys: [Key]) throws {
        loadCount += keys.count
        asks[id] = keys.map { ($0, generations[$0, default: 0]) }
        guard asks.count <= 3 else { throw Violation(description: "the limit is 3 questions") }
        let failure = SourceFailure(source: "catalog", cause: .unreachable)
        let isDown = now < isDownUntil
        if isDown, Bool.random(using: &dice) { return }
        let outcomes = keys.map { key -> LoadOutcome in
            if isDown || isFault() { return .failed(failure) }
            guard let version = truth[key] else { return .absent }
            return .loaded(Loaded(Array("\(version)".utf8)))
        }
        schedule(
            .answer(id, outcomes),
            after: .random(in: 0...(faultInterval == 8 ? 250 : 40), using: &dice))
    }

    private mutating func isFault() -> Bool {
        faultInterval > 0 && Int.random(in: 0..<faultInterval, using: &dice) == 0
    }

    private mutating func store(_ fill: Fill<Int>, _ actions: inout [SourceAction<Int, Int>]) {
        let key = fill.need.key
        let isCurrent =
            plant == .fillsBlindly || plant == .joinsOldLoads
            || fill.need.token == generations[key, default: 0]
        guard isCurrent else { return core.filled(fill.load, .moved, at: now, &actions) }
        if let entry = fill.entry {
            memory[key] = Stored(
                version: Int(String(decoding: entry.value, as: UTF8.self)) ?? 0,
                freshUntil: entry.expires ?? now, end: entry.staleUntil ?? now)
        } else {
            memory[key] = nil
        }
        core.filled(fill.load, .stored, at: now, &actions)
    }

    private mutating func land(_ waiters: [Int], _ landing: Landing) throws {
        for waiter in waiters {
            guard let (key, known) = keysOf[waiter] else {
                throw Violation(description: "waiter \(waiter) is told what it did not ask")
            }
            try forget(waiter)
            guard key == landing.key else { throw Violation(description: "another key landed") }
            switch landing.outcome {
            case .value(let loaded, _):
                let version = Int(String(decoding: loaded.value, as: UTF8.self)) ?? 0
                try serve(key, version, since: known)
            case .absent: servedCount += 1
            case .failed: failedCount += 1
            }
        }
    }

    private mutating func forget(_ waiter: Int) throws {
        guard waiting.removeValue(forKey: waiter) != nil else {
            throw Violation(description: "waiter \(waiter) is told twice, or after it left")
        }
        keysOf[waiter] = nil
    }

    private func finish() throws {
        guard waiting.isEmpty else {
            throw Violation(description: "\(waiting.count) waiters were never told")
        }
        guard core.loadCount == 0, core.waiterCount == 0, core.isIdle else {
            throw Violation(description: "something is left: \(core.loadCount) loads")
        }
    }
}
