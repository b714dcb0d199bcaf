public import LarderCore
import LarderResilience

// The way down through the levels.
extension SourceCore {
    /// Asks the next level that may be asked, or the origin.
    mutating func ask(
        level first: Int, _ wanted: [LoadID], at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        for level in first..<configuration.levels.count {
            let permit: CircuitBreaker.Permit
            switch levelBreakers[level].admission(at: now) {
            case .attempt(let granted), .probe(let granted): permit = granted
            case .refuse: continue
            }
            var batch = Batch(place: .level(level), loads: wanted)
            batch.stage = .asked(permit, at: now)
            let id = AskID(ticket: batches.insert(batch))
            deadlines.insert(
                id.ticket.index, deadline: now.advanced(by: configuration.levelLimit))
            return actions.append(.askLevel(id, level: level, keys(of: wanted)))
        }
        queue(wanted, at: now, &actions)
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
            case .asked(let permit, _) = batch.stage
        else { return }
        deadlines.remove(ask.ticket.index)
        precondition(answers.count == batch.loads.count, "One answer for each key.")
        var missing: [LoadID] = []
        var hasFailed = false
        for (id, answer) in zip(batch.loads, answers) {
            if case .failed = answer { hasFailed = true }
            if !take(answer, for: id, at: now, &actions) { missing.append(id) }
        }
        _ = levelBreakers[level].record(
            hasFailed ? .failure : .success, of: permit, at: now, using: &random)
        if !missing.isEmpty { self.ask(level: level + 1, missing, at: now, &actions) }
    }

    /// Takes what a level has for a key.
    ///
    /// - Returns: Whether that is enough.
    private mutating func take(
        _ answer: Lookup<Entry>, for id: LoadID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) -> Bool {
        guard case .found(let entry) = answer, let load = loads.element(id.ticket) else {
            return false
        }
        guard entry.isFresh(at: now) else {
            loads.change(id.ticket) { $0.fallback = entry }
            return false
        }
        let isPlaced = placement(of: entry.key, load.need.binding, at: now)
        let value = Landing.Outcome.value(Loaded(entry), isStored: false)
        if isPlaced {
            fill(id, entry, value, &actions)
        } else {
            land(id, value, &actions)
        }
        return true
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

extension Loaded {
    /// What a level kept of what an origin gave.
    init(_ entry: Entry) {
        self.init(entry.value)
        tags = entry.tags
    }
}
