import LarderCore
import LarderResilience

@testable import LarderHierarchy

/// One key, its memory, level and origin, as a value: what may happen next is a list of moves.
struct OneKeyWorld {
    /// What clients do, each kind in its order.
    enum Step: Hashable, Sendable {
        case read
        case write, delete, ban
        /// Memory's entry is over, or evicted.
        case expire
    }

    enum Plant: CaseIterable {
        case fillsBlindly, joinsOldLoads, forgetsAbsentKeys, putsAfterRemoval
    }

    /// What may happen next.
    enum Move {
        /// The next step of a client.
        case client(Int)
        /// What the core wanted done is done.
        case effect(Int)
    }

    private enum Effect {
        case levelAnswer(AskID, [Lookup<Entry>])
        case answer(AskID, LoadOutcome)
        case written(AskID, LevelChange)
        case fill(Fill<Int>)
    }

    /// A change in its three parts: announced, done, acknowledged.
    private enum Stage {
        case idle, announced, done
    }

    static let scenarios: [[Step]] = [
        [.read, .read, .write], [.read, .read, .delete], [.read, .read, .ban],
        [.read, .expire, .read, .delete], [.read, .write, .ban], [.read, .delete, .expire, .read],
    ]

    private static let key = Key(Array("key".utf8))
    private let plant: Plant?
    private var core: SourceCore<Int, Int>
    private var now = Tick(nanoseconds: 1_000)
    /// Reads and expiries in their order; changes in theirs.
    private var lanes: [[Step]]
    private var stage = Stage.idle
    private var write: SourceCore<Int, Int>.WriteID?
    private var ban: Ban?
    private var effects: [Effect] = []

    private var truth = 1
    private var acknowledged = 1
    private var generation = 0
    /// The version in memory.
    private var memory: Int?
    private var level: Entry?
    private var known: [Int: Int] = [:]

    init(_ steps: [Step], plant: Plant? = nil) throws {
        self.plant = plant
        lanes = [
            steps.filter { $0 == .read || $0 == .expire },
            steps.filter { $0 != .read && $0 != .expire },
        ]
        var configuration = SourceConfiguration(name: "catalog", rules: [SourceRules()])
        configuration.levels = ["disk"]
        core = try SourceCore(configuration, seed: 1, at: now)
        level = Self.entry(1, at: Tick(nanoseconds: 1))
        // The origin has moved on; nobody was told that an old copy is in the level.
        if steps.contains(.expire) { level = nil }
    }

    var moves: [Move] {
        lanes.indices.filter { !lanes[$0].isEmpty }.map { .client($0) }
            + effects.indices.map { .effect($0) }
    }

    mutating func make(_ move: Move) throws {
        now = now.advanced(by: .nanoseconds(1))
        var actions: [SourceAction<Int, Int>] = []
        switch move {
        case .client(0): try read(&actions)
        case .client: change(&actions)
        case .effect(let index): apply(effects.remove(at: index), &actions)
        }
        try perform(actions)
    }

    func finish() throws {
        guard known.isEmpty, core.isIdle, core.marks.isEmpty else {
            throw Violation(description: "something is left")
        }
        if let memory, memory < acknowledged { throw Violation(description: "memory is old") }
        if let level, version(level) < acknowledged { throw Violation(description: "level is old") }
    }

    // MARK: Clients

    private mutating func read(_ actions: inout [SourceAction<Int, Int>]) throws {
        if lanes[0].removeFirst() == .expire {
            memory = nil
            return
        }
        if let memory { return try serve(memory, since: acknowledged) }
        let waiter = lanes[0].count
        let need = Need(Self.key, at: plant == .joinsOldLoads ? 0 : generation, binding: 0)
        _ = core.need(need, for: waiter, at: now) { false }
        known[waiter] = acknowledged
        core.begin(at: now, &actions)
    }

    private func serve(_ version: Int, since known: Int) throws {
        guard version >= known else {
            throw Violation(description: "\(version) is read after \(known)")
        }
    }

    /// The next part of a change.
    private mutating func change(_ actions: inout [SourceAction<Int, Int>]) {
        switch stage {
        case .idle:
            stage = .announced
            announce(&actions)
        case .announced:
            stage = .done
            apply()
        case .done:
            stage = .idle
            if let write { core.endWrite(write) }
            write = nil
            ban = nil
            lanes[1].removeFirst()
            acknowledged = truth
        }
    }

    private mutating func announce(_ actions: inout [SourceAction<Int, Int>]) {
        if lanes[1].first == .ban {
            truth += 1
            ban = Ban(.key(Self.key), .hard, before: now)
            core.ban(Ban(.key(Self.key), .hard, before: now), at: now, &actions)
        } else {
            let begun = core.beginWrite(of: [Self.key], at: now, &actions)
            if plant == .putsAfterRemoval { core.endWrite(begun) } else { write = begun }
        }
    }

    private mutating func apply() {
        if ban == nil { truth += 1 }
        if plant != .forgetsAbsentKeys || memory != nil { generation += 1 }
        memory = lanes[1].first == .write ? truth : nil
    }

    // MARK: What the core wants

    private mutating func perform(_ actions: [SourceAction<Int, Int>]) throws {
        for action in actions {
            switch action {
            case .askLevel(let id, _, _):
                effects.append(.levelAnswer(id, [level.map { .found($0) } ?? .absent]))
            case .askOrigin(let id, _, _):
                effects.append(.answer(id, .loaded(Loaded(Array("\(truth)".utf8)))))
            case .write(let id, _, let change): effects.append(.written(id, change))
            case .fill(let fill): effects.append(.fill(fill))
            case .land(let waiters, let landing):
                guard case .value(let entry, _) = landing.outcome else { continue }
                for waiter in waiters {
                    try serve(version(entry), since: known.removeValue(forKey: waiter) ?? 0)
                }
            case .cancel, .timeOut, .writeOrigin, .settle, .finish, .bypassed: break
            }
        }
    }

    private mutating func apply(_ effect: Effect, _ actions: inout [SourceAction<Int, Int>]) {
        switch effect {
        case .levelAnswer(let id, let answers): core.answered(answers, by: id, at: now, &actions)
        case .answer(let id, let outcome): core.loaded([outcome], by: id, at: now, &actions)
        case .written(let id, let change):
            switch change {
            case .put(let entries): level = entries.last
            case .remove: level = nil
            case .ban(let ban):
                if let level, ban.matches(level, namespace: nil) { self.level = nil }
            }
            core.wrote(nil, by: id, at: now, &actions)
        case .fill(let fill): store(fill, &actions)
        }
    }

    private mutating func store(_ fill: Fill<Int>, _ actions: inout [SourceAction<Int, Int>]) {
        let isBlind = plant == .fillsBlindly || plant == .joinsOldLoads
        guard isBlind || fill.need.token == generation, case .value(let entry) = fill.content else {
            return core.filled(fill.load, .moved, at: now, &actions)
        }
        memory = version(entry)
        core.filled(fill.load, .stored(version: 0), at: now, &actions)
    }

    private func version(_ entry: Entry) -> Int {
        Int(String(decoding: entry.value, as: UTF8.self)) ?? 0
    }

    private static func entry(_ version: Int, at time: Tick) -> Entry {
        Entry(key: key, value: Array("\(version)".utf8), created: time)
    }
}
