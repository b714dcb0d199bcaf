import LarderCore
import LarderResilience
import LarderTesting

@testable import LarderHierarchy

// What the core wants: levels, the origin, memory, and those who wait.
extension SourceSimulation {
    mutating func perform(_ actions: Actions) throws {
        for action in actions {
            switch action {
            case .askOrigin(let id, _, let requests): try ask(id, requests)
            case .askLevel(let id, let level, let keys): try ask(id, level, keys)
            case .write(let id, let level, let change): write(id, level, change)
            case .cancel(let id):
                asks[id] = nil
                levelAsks[id] = nil
                writeAsks.remove(id)
            case .writeOrigin(let id, _, let change): try take(id, change)
            case .settle(let settlement):
                schedule(.settle(settlement), after: .random(in: 0...1, using: &dice))
            case .finish(let writer, let outcome): try finishWrite(writer, outcome)
            case .bypassed(let waiter, let outcome): try passed(waiter, outcome)
            case .fill(let fill):
                fills.insert(Name(key: fill.need.key, token: fill.need.token))
                if plant == .landsBeforeFill {
                    var early: Actions = []
                    core.filled(fill.load, .stored(version: 1), at: now, &early)
                    try perform(early)
                }
                schedule(.fill(fill), after: .random(in: 0...1, using: &dice))
            case .land(let waiters, let landing): try land(waiters, landing)
            case .timeOut(let waiters, _):
                for waiter in waiters {
                    _ = try forget(waiter)
                    try noteFailure("a wait timed out")
                }
            }
        }
    }

    /// In a world without faults of the origin nobody is failed, whoever goes away.
    private mutating func noteFailure(_ what: String) throws {
        failedCount += 1
        if faultInterval == 0 { throw Violation(description: "P4: \(what) without a fault") }
    }

    // MARK: Levels

    private mutating func ask(_ id: AskID, _ level: Int, _ keys: [Key]) throws {
        levelAsks[id] = level
        if levels[level].health == .dead {
            levels[level].questions.append(now)
            // Three probes at a time, at least 100 ms apart, after the first timeout.
            let recent = levels[level].questions.filter {
                $0.advanced(by: .milliseconds(90)) > now
                    && $0 > levels[level].questions[0].advanced(by: .milliseconds(110))
            }
            guard recent.count <= 4 else {
                throw Violation(description: "P9: a dead level is asked again and again")
            }
            if plant == .forgetsTimeouts {
                schedule(.levelAnswer(id, level, keys.map { _ in .absent }), after: 45)
            }
            return
        }
        let failure = SourceFailure(source: "level", cause: .refused)
        let isFailing = levels[level].health == .failing
        let delay = levels[level].delay(using: &dice)
        var answers = levels[level].lookUp(keys)
        for index in answers.indices {
            if isFailing, Bool.random(using: &dice) { answers[index] = .failed(failure) }
            if plant == .forgetsEnds, case .found(var entry) = answers[index] {
                entry.expires = now.advanced(by: Self.ttl)
                answers[index] = .found(entry)
            }
        }
        schedule(.levelAnswer(id, level, answers), after: delay)
    }

    private mutating func write(_ id: AskID, _ level: Int, _ change: LevelChange) {
        // Who forgets that a level did not answer learns nothing from writes to it either.
        let isForgotten = plant == .forgetsTimeouts && levels[level].health == .dead
        let fails =
            levels[level].health == .dead && !isForgotten
            || levels[level].health == .failing && Bool.random(using: &dice)
        let isApplied = Bool.random(using: &dice)
        if isApplied { levels[level].apply(change, isWhole: !fails, using: &dice) }
        let delay = isForgotten ? 1 : levels[level].delay(using: &dice)
        schedule(.written(id, level, change, isApplied: isApplied, fails: fails), after: delay)
    }

    mutating func written(
        _ id: AskID, _ level: Int, _ change: LevelChange, isApplied: Bool, fails: Bool,
        _ actions: inout Actions
    ) {
        if !isApplied { levels[level].apply(change, isWhole: !fails, using: &dice) }
        let failure = SourceFailure(source: "level", cause: .refused)
        core.wrote(fails ? failure : nil, by: id, at: now, &actions)
    }

    // MARK: The origin

    /// The origin reads the truth at once and answers later; or not at all.
    private mutating func ask(_ id: AskID, _ requests: [LoadRequest]) throws {
        let loads = core.batches.element(id.ticket)?.loads ?? []
        let names = loads.compactMap { load in
            core.loads.element(load.ticket).map { Name(key: $0.need.key, token: $0.need.token) }
        }
        let asked = Set(asks.values.joined())
        guard plant == .joinsOldLoads || asked.union(fills).isDisjoint(with: names) else {
            throw Violation(description: "P3: a generation is loaded twice")
        }
        asks[id] = names
        guard asks.count + writeAsks.count <= 3 else {
            throw Violation(description: "the limit is 3 questions")
        }
        let failure = SourceFailure(source: "catalog", cause: .unreachable)
        let isDown = now < isDownUntil
        if isDown, Bool.random(using: &dice) { return }
        let outcomes = requests.map { request -> LoadOutcome in
            if isDown || isFault() { return .failed(failure) }
            return read(request)
        }
        schedule(
            .answer(id, outcomes),
            after: .random(in: 0...(faultInterval == 8 ? 80 : 25), using: &dice))
    }

    private mutating func read(_ request: LoadRequest) -> LoadOutcome {
        let truth = truth[request.key, default: Truth()]
        guard truth.isLive else {
            absentSince[request.key] = truth.version
            return .absent
        }
        let text = Array("\(truth.version)".utf8)
        let validator = Validator(tag: text, modified: [])
        if let validator, validator == request.validator { return .notModified(LoadedLifetime()) }
        var loaded = Loaded(text)
        loaded.flags = UInt32(truth.version)
        loaded.tags = Self.tags(of: request.key)
        loaded.validator = validator
        return .loaded(loaded)
    }

    mutating func answer(_ id: AskID, _ outcomes: [LoadOutcome], _ actions: inout Actions) {
        guard let names = asks.removeValue(forKey: id) else { return }
        let loads = core.batches.element(id.ticket)?.loads ?? []
        for (index, name) in names.enumerated() {
            switch outcomes[index] {
            case .loaded(let loaded): confirmed[Int(loaded.flags)] = now
            case .notModified:
                let load = core.loads.element(loads[index].ticket)
                let entry = load?.need.validator == nil ? load?.fallback : nil
                let tag = (load?.need.validator ?? entry?.validator)?.tag ?? []
                if let version = Int(String(decoding: tag, as: UTF8.self)) {
                    confirmed[version] = now
                }
            case .absent, .failed: break
            }
            _ = name
        }
        core.loaded(outcomes, by: id, at: now, &actions)
    }

    // MARK: Memory

    mutating func store(_ fill: Fill<Token>, _ actions: inout Actions) {
        let key = fill.need.key
        fills.remove(Name(key: key, token: fill.need.token))
        let isBlind = plant == .fillsBlindly || plant == .joinsOldLoads
        let outcome = memory.store(
            fill, version: absentSince[key, default: 0], at: now, isBlind: isBlind)
        core.filled(fill.load, outcome, at: now, &actions)
    }

    // MARK: Those who wait

    private mutating func land(_ waiters: [Int], _ landing: Landing) throws {
        for waiter in waiters {
            let watched = try forget(waiter)
            guard watched.key == landing.key else {
                throw Violation(description: "another key landed")
            }
            switch landing.outcome {
            case .value(let entry, _):
                let window = entry.isFresh(at: now) ? .zero : Self.staleIfError
                // What was read before a write may be given to who asked before it.
                try serve(entry, within: window, since: watched.known)
            case .absent:
                try serveNothing(
                    landing.key, absentSince[landing.key, default: 0],
                    since: watched.knownAbsent)
            case .renewed: servedCount += 1
            case .failed: try fail(landing.key)
            }
        }
    }

    /// The origin fails: a stale copy may stand in.
    private mutating func fail(_ key: Key) throws {
        if let stored = memory.entries[key], stored.entry != nil, now < stored.end {
            return try serve(key, stored, within: Self.staleIfError)
        }
        try noteFailure("a load failed")
    }

    private mutating func forget(_ waiter: Int) throws -> Watched {
        guard waiting.removeValue(forKey: waiter) != nil,
            let watched = watched.removeValue(forKey: waiter)
        else {
            throw Violation(description: "waiter \(waiter) is told twice, or after it left")
        }
        return watched
    }
}
