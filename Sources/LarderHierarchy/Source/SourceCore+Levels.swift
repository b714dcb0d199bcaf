public import LarderCore
import LarderResilience

// The way down through the levels.
extension SourceCore {
    /// Asks the next level that may be asked, or the origin.
    mutating func ask(
        level: Int, _ wanted: [LoadID], at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard !wanted.isEmpty else { return }
        guard level < levels.count else { return queue(wanted, at: now, &actions) }
        let believed = wanted.filter { id in
            loads.element(id.ticket).map { believes(level, $0.need.key) } ?? false
        }
        guard !believed.isEmpty, let permit = leave(toAsk: level, at: now) else {
            return ask(level: level + 1, wanted, at: now, &actions)
        }
        var batch = Batch(place: .level(level), loads: believed)
        batch.stage = .asked(permit, at: now)
        let id = AskID(ticket: batches.insert(batch))
        deadlines.insert(id.ticket.index, deadline: now.advanced(by: configuration.levelLimit))
        actions.append(.askLevel(id, level: level, keys(of: believed)))
        if believed.count < wanted.count {
            let others = Set(wanted).subtracting(believed)
            ask(level: level + 1, wanted.filter(others.contains), at: now, &actions)
        }
    }

    private mutating func leave(toAsk level: Int, at now: Tick) -> CircuitBreaker.Permit? {
        switch levels[level].breaker.admission(at: now) {
        case .attempt(let permit), .probe(let permit): permit
        case .refuse: nil
        }
    }

    /// Whether what the level says of the key is no older than what was written.
    private func believes(_ level: Int, _ key: Key) -> Bool {
        levels[level].writes.believes(key) && !marks.isBeingWritten(key)
    }

    func keys(of wanted: [LoadID]) -> [Key] {
        wanted.compactMap { loads.element($0.ticket)?.need.key }
    }

    /// A level has answered, one answer for each key. What comes late is ignored.
    public mutating func answered(
        _ answers: [Lookup<Entry>], by ask: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.remove(ask.ticket), case .level(let level) = batch.place,
            case .asked(let permit, let asked) = batch.stage
        else { return }
        deadlines.remove(ask.ticket.index)
        precondition(answers.count == batch.loads.count, "One answer for each key.")
        var missing: [LoadID] = []
        // One key that it cannot answer for says nothing about the level.
        let isDown = answers.allSatisfy(\.isDown)
        _ = levels[level].breaker.record(
            isDown ? .failure : .success, of: permit, at: now, using: &random)
        for (id, answer) in zip(batch.loads, answers)
        where !take(answer, of: level, asked: asked, for: id, at: now, &actions) {
            missing.append(id)
        }
        self.ask(level: level + 1, missing, at: now, &actions)
    }

    /// Takes what a level has for a key.
    ///
    /// - Returns: Whether that is enough.
    private mutating func take(
        _ answer: Lookup<Entry>, of level: Int, asked: Tick, for id: LoadID,
        at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) -> Bool {
        guard let load = loads.element(id.ticket), believes(level, load.need.key) else {
            return false
        }
        if case .absent = answer { loads.change(id.ticket) { $0.emptyLevels |= 1 << level } }
        let namespace = configuration.rules[load.need.binding].namespace
        guard case .found(let entry) = answer, entry.key == load.need.key,
            !levels[level].writes.isBanned(entry, namespace: namespace, askedAt: asked)
        else { return false }
        guard entry.isFresh(at: now) else {
            keep(entry, asFallbackOf: id)
            return false
        }
        let result = LoadResult(
            outcome: .value(entry, isStored: false), entry: entry, place: level)
        if placement(of: entry.key, load.need.binding, at: now) {
            fill(id, .value(entry), result, &actions)
        } else {
            land(id, result.outcome, &actions)
        }
        return true
    }

    private mutating func keep(_ entry: Entry, asFallbackOf id: LoadID) {
        loads.change(id.ticket) { load in
            if load.fallback.map({ $0.created < entry.created }) ?? true { load.fallback = entry }
        }
    }

    private mutating func placement(of key: Key, _ binding: Int, at now: Tick) -> Bool {
        switch configuration.rules[binding].placement {
        case .onFirstHit: return true
        case .never: return false
        case .onSecondHit:
            if seenOnce.contains(key, at: now) {
                seenOnce.remove(key)
                return true
            }
            seenOnce.insert(key, at: now)
            return false
        }
    }
}

extension Lookup {
    /// Whether the level could not be asked. Damaged data is an answer.
    fileprivate var isDown: Bool {
        if case .failed(let failure) = self { failure.cause != .corrupt } else { false }
    }
}
