public import LarderCore
import LarderResilience

// The way to the origin: in batches, through the gate, by leave of the breaker.
extension SourceCore {
    /// Puts loads into batches of their binding, which wait for a place or go.
    mutating func queue(
        _ wanted: [LoadID], at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        var fresh: [AskID] = []
        for id in wanted {
            guard let load = loads.element(id.ticket) else { continue }
            let binding = load.need.binding
            if let open = openBatches[binding], join(id, open) { continue }
            let batch = Batch(place: .origin(binding: binding), loads: [id])
            let ask = AskID(ticket: batches.insert(batch))
            openBatches[binding] = ask
            fresh.append(ask)
        }
        for ask in fresh { enterGate(ask, at: now, &actions) }
    }

    private mutating func join(_ id: LoadID, _ open: AskID) -> Bool {
        guard let batch = batches.element(open.ticket), case .origin(let binding) = batch.place,
            batch.loads.count < configuration.batchMax[binding]
        else { return false }
        switch batch.stage {
        case .asked, .late: return false
        case .rests where batch.failedTries > 0: return false
        case .rests, .queues: break
        }
        batches.change(open.ticket) { $0.loads.append(id) }
        return true
    }

    /// Asks the origin for a batch that has a place.
    ///
    /// - Returns: False if the breaker has refused; then the place is to be left.
    mutating func ask(
        _ id: AskID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) -> Bool {
        guard let batch = batches.element(id.ticket) else { return false }
        let permit: CircuitBreaker.Permit
        switch breaker.admission(at: now) {
        case .attempt(let granted), .probe(let granted): permit = granted
        case .refuse:
            fail(id, failure(.open), at: now, &actions)
            return false
        }
        let isAgain = batch.failedTries > 0
        if !isAgain { retries.noteRequest() }
        batches.change(id.ticket) { $0.stage = .asked(permit, at: now) }
        deadlines.insert(id.ticket.index, deadline: now.advanced(by: configuration.timeout))
        switch batch.place {
        case .origin(let binding):
            counted.asked += batch.loads.count
            if isAgain { counted.retried += 1 }
            actions.append(.askOrigin(id, binding: binding, requests(of: batch)))
        case .errand(let errand): send(errand, by: id, isAgain: isAgain, at: now, &actions)
        case .level, .write: preconditionFailure("Levels have no gate.")
        }
        return true
    }

    private func requests(of batch: Batch) -> [LoadRequest] {
        batch.loads.compactMap { load in
            loads.element(load.ticket).map { LoadRequest($0.need.key, validator: $0.validator) }
        }
    }

    /// The origin has answered, one answer for each key. What comes late is ignored.
    public mutating func loaded(
        _ answers: [LoadOutcome], by id: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard var batch = batches.element(id.ticket),
            case .asked(let permit, let begin) = batch.stage
        else { return }
        if case .errand = batch.place {
            precondition(answers.count == 1, "One answer for each key.")
            return passed(answers[0], by: id, at: now, &actions)
        }
        precondition(answers.count == batch.loads.count, "One answer for each key.")
        deadlines.remove(id.ticket.index)
        _ = batches.remove(id.ticket)
        let failures = answers.compactMap(\.failure)
        // One key that the origin cannot answer for says nothing about the origin.
        let isDown = failures.count == answers.count
        note(.init(failures, isDown: isDown), permit, at: now)
        let time = now.duration(since: begin)
        var failed: [(LoadID, SourceFailure)] = []
        for (load, answer) in zip(batch.loads, answers) {
            if let failure = answer.failure {
                failed.append((load, failure))
            } else {
                take(answer, for: load, asked: begin, at: now, &actions)
            }
        }
        batch.loads = failed.map(\.0)
        if !retry(batch, failed.map(\.1), at: now) {
            for (load, failure) in failed { fail(load, failure, at: now, &actions) }
        }
        leaveGate(outcome(failures, isDown: isDown, after: time), at: now, &actions)
    }

    /// Tells the breaker how a question ended.
    mutating func note(
        _ outcome: CircuitBreaker.Outcome, _ permit: CircuitBreaker.Permit, at now: Tick
    ) {
        let changed = breaker.record(outcome, of: permit, at: now, using: &random)
        if changed == .closed { gate.restart(at: now) }
    }

    func outcome(
        _ failures: [SourceFailure], isDown: Bool, after time: Duration
    ) -> ConcurrencyLimit.Outcome {
        guard isDown, let first = failures.first else { return .answered(after: time) }
        switch first.cause {
        case .timeout, .overloaded: return .overloaded
        default: return .none
        }
    }

    /// Tries again what the origin has not seen, if there is time and the budget allows it.
    ///
    /// Whatever it has seen is not tried again: a load that fails must not become two.
    mutating func retry(
        _ batch: Batch, _ failures: [SourceFailure], at now: Tick
    ) -> Bool {
        guard let deadline = deadline(of: batch),
            failures.allSatisfy({ $0.cause == .unreachable }),
            batch.failedTries + 1 < configuration.tries,
            let next = Backoff().next(
                after: batch.failedTries, at: now, before: deadline, using: &random),
            retries.takeRetry(at: now)
        else { return false }
        var again = batch
        again.failedTries += 1
        again.stage = .rests
        deadlines.insert(batches.insert(again).index, deadline: next)
        return true
    }

    /// Takes what the origin said about a key when it was asked at `asked`.
    private mutating func take(
        _ answer: LoadOutcome, for id: LoadID, asked: Tick, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        let rules = configuration.rules[load.need.binding]
        switch answer {
        case .loaded(let loaded):
            let entry = entry(loaded, load.need, rules, asked: asked, at: now)
            keep(entry, loaded.lifetime, of: id, load, at: now, &actions)
        case .notModified(let lifetime):
            renew(id, load, lifetime, asked: asked, at: now, &actions)
        case .absent:
            let result = LoadResult(outcome: .absent, entry: nil, place: levels.count)
            guard rules.negativeTTL > .zero else {
                write(nil, of: load, to: levels.count, at: now, &actions)
                return land(id, .absent, &actions)
            }
            fill(id, .absent(until: now.advanced(by: rules.negativeTTL)), result, &actions)
        case .failed:
            preconditionFailure("Failures went another way.")
        }
    }

    /// Has a value stored, unless the origin wants it forgotten.
    private mutating func keep(
        _ entry: Entry, _ lifetime: LoadedLifetime, of id: LoadID,
        _ load: Load<Token, Flights.FlightID>, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        let outcome = Landing.Outcome.value(entry, isStored: false)
        guard lifetime.isCacheable else {
            unstorable.insert(load.need.key, at: now)
            write(nil, of: load, to: levels.count, at: now, &actions)
            return land(id, outcome, &actions)
        }
        let result = LoadResult(outcome: outcome, entry: entry, place: levels.count)
        fill(id, .value(entry), result, &actions)
    }

    /// The value at hand is good again: memory's, or a level's.
    private mutating func renew(
        _ id: LoadID, _ load: Load<Token, Flights.FlightID>, _ lifetime: LoadedLifetime,
        asked: Tick, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        let rules = configuration.rules[load.need.binding]
        var probe = load.fallback ?? Entry(key: load.need.key, value: [], created: asked)
        probe.created = asked
        setWindows(of: &probe, lifetime, rules, at: now)
        if load.need.validator != nil {
            // Memory is not to keep it any longer, and those who wait need it.
            guard lifetime.isCacheable else { return askAgain(id, at: now, &actions) }
            counted.renewed += 1
            let content = Fill<Token>.Content.renewed(
                created: asked, expires: probe.expires, staleUntil: probe.staleUntil)
            let result = LoadResult(outcome: .renewed, entry: nil, place: 0)
            fill(id, content, result, &actions)
        } else if load.fallback?.validator != nil {
            counted.renewed += 1
            keep(probe, lifetime, of: id, load, at: now, &actions)
        } else {
            fail(id, failure(.corrupt, "nothing to renew"), at: now, &actions)
        }
    }

    /// The entry of what was loaded, with its windows.
    private mutating func entry(
        _ loaded: Loaded, _ need: Need<Token>, _ rules: SourceRules, asked: Tick, at now: Tick
    ) -> Entry {
        // What the origin read, it read after it was asked: so a ban from then on means the entry.
        var entry = Entry(key: need.key, value: loaded.value, created: asked)
        let cost = now.duration(since: asked).components
        let microseconds = cost.seconds * 1_000_000 + cost.attoseconds / 1_000_000_000_000
        entry.cost = UInt32(clamping: max(1, microseconds))
        entry.tags = Array(loaded.tags.prefix(Entry.tagCountMax))
        entry.flags = loaded.flags
        entry.validator = loaded.validator
        entry.priority = rules.priority
        setWindows(of: &entry, loaded.lifetime, rules, at: now)
        return entry
    }

    private mutating func setWindows(
        of entry: inout Entry, _ lifetime: LoadedLifetime, _ rules: SourceRules, at now: Tick
    ) {
        entry.expires = nil
        entry.staleUntil = nil
        guard lifetime.isCacheable else {
            entry.expires = now
            return
        }
        guard let ttl = lifetime.ttl ?? rules.ttl else { return }
        let fresh = TTLJitter(share: rules.jitter).applied(to: ttl, using: &random)
        let expires = now.advanced(by: fresh)
        let stale = lifetime.stale ?? rules.stale
        let staleIfError = lifetime.staleIfError ?? rules.staleIfError
        entry.expires = expires
        entry.staleUntil = expires.advanced(by: max(stale, staleIfError))
    }

    /// Gives a whole batch up that the origin is not asked for.
    mutating func fail(
        _ id: AskID, _ failure: SourceFailure, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.remove(id.ticket) else { return }
        if case .errand(let errand) = batch.place {
            return turnAway(errand, failure, at: now, &actions)
        }
        let isKeys = batch.failedTries > 0
        for load in batch.loads { fail(load, failure, isKeys: isKeys, at: now, &actions) }
    }
}

extension CircuitBreaker.Outcome {
    /// What a question says about the origin. Else who asks for keys that it refuses, or that
    /// cannot be asked for, would open its breaker for all others.
    init(_ failures: [SourceFailure], isDown: Bool) {
        let isOfKeys = failures.allSatisfy(\.isKeys)
        self = !isDown ? .success : isOfKeys ? .none : .failure
    }
}

extension LoadOutcome {
    var failure: SourceFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension Tick {
    func duration(since earlier: Tick) -> Duration {
        .nanoseconds(Int64(clamping: nanoseconds - min(nanoseconds, earlier.nanoseconds)))
    }
}
