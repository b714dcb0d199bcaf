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
        case .asked: return false
        case .rests where batch.failedTries > 0: return false
        case .rests, .queues: break
        }
        batches.change(open.ticket) { $0.loads.append(id) }
        return true
    }

    /// Lets a batch go, or wait for its turn.
    mutating func enterGate(
        _ id: AskID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(id.ticket), let first = batch.loads.first,
            let load = loads.element(first.ticket)
        else { return }
        switch gate.enter(id, deadline: load.deadlines.hard, at: now) {
        case .go: ask(id, at: now, &actions)
        case .wait(let ticket): batches.change(id.ticket) { $0.stage = .queues(ticket) }
        case .full: fail(id, failure(.overloaded, "too many loads wait"), at: now, &actions)
        }
    }

    /// Lets go, or gives up, whom the gate says.
    mutating func follow(
        _ step: LoadGate<AskID>.Step, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        for id in step.started { ask(id, at: now, &actions) }
        for id in step.dropped {
            fail(id, failure(.overloaded, "waited too long"), at: now, &actions)
        }
    }

    /// Asks the origin for a batch that has a place.
    private mutating func ask(
        _ id: AskID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(id.ticket), case .origin(let binding) = batch.place
        else { return }
        let permit: CircuitBreaker.Permit
        switch breaker.admission(at: now) {
        case .attempt(let granted), .probe(let granted): permit = granted
        case .refuse:
            leaveGate(.none, at: now, &actions)
            return fail(id, failure(.open), at: now, &actions)
        }
        retries.noteRequest()
        counts.asked += batch.loads.count
        if batch.failedTries > 0 { counts.retried += 1 }
        batches.change(id.ticket) { $0.stage = .asked(permit, at: now) }
        deadlines.insert(id.ticket.index, deadline: now.advanced(by: configuration.timeout))
        actions.append(.askOrigin(id, binding: binding, keys(of: batch.loads)))
    }

    private mutating func leaveGate(
        _ outcome: ConcurrencyLimit.Outcome, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        var step = LoadGate<AskID>.Step()
        gate.leave(outcome, at: now, &step)
        follow(step, at: now, &actions)
    }

    /// The origin has answered, one answer for each key. What comes late is ignored.
    public mutating func loaded(
        _ answers: [LoadOutcome], by id: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard var batch = batches.element(id.ticket),
            case .asked(let permit, let begin) = batch.stage
        else { return }
        precondition(answers.count == batch.loads.count, "One answer for each key.")
        deadlines.remove(id.ticket.index)
        _ = batches.remove(id.ticket)
        let failures = answers.compactMap(\.failure)
        // One key that the origin cannot answer for says nothing about the origin.
        let isDown = failures.count == answers.count
        let changed = breaker.record(
            isDown ? .failure : .success, of: permit, at: now, using: &random)
        if changed == .closed { gate.restart(at: now) }
        let time = now.duration(since: begin)
        var failed: [(LoadID, SourceFailure)] = []
        for (load, answer) in zip(batch.loads, answers) {
            if let failure = answer.failure {
                failed.append((load, failure))
            } else {
                take(answer, for: load, after: time, at: now, &actions)
            }
        }
        batch.loads = failed.map(\.0)
        if !retry(batch, failed.map(\.1), at: now) {
            for (load, failure) in failed { fail(load, failure, at: now, &actions) }
        }
        leaveGate(outcome(failures, isDown: isDown, after: time), at: now, &actions)
    }

    private func outcome(
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
    private mutating func retry(
        _ batch: Batch, _ failures: [SourceFailure], at now: Tick
    ) -> Bool {
        guard let first = batch.loads.first, let load = loads.element(first.ticket),
            failures.allSatisfy({ $0.cause == .unreachable }),
            batch.failedTries + 1 < configuration.tries,
            let next = Backoff().next(
                after: batch.failedTries, at: now, before: load.deadlines.hard, using: &random),
            retries.takeRetry(at: now)
        else { return false }
        var again = batch
        again.failedTries += 1
        again.stage = .rests
        deadlines.insert(batches.insert(again).index, deadline: next)
        return true
    }

    /// Takes what the origin said about a key.
    private mutating func take(
        _ answer: LoadOutcome, for id: LoadID, after time: Duration, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        let rules = configuration.rules[load.need.binding]
        switch answer {
        case .loaded(let loaded):
            let outcome = Landing.Outcome.value(loaded, isStored: false)
            guard loaded.lifetime.isCacheable else {
                unstorable.insert(load.need.key, at: now)
                return land(id, outcome, &actions)
            }
            let entry = entry(loaded, load.need, rules, after: time, at: now)
            fill(id, entry, outcome, &actions)
        case .absent:
            loads.change(id.ticket) { $0.outcome = .absent }
            guard rules.negativeTTL > .zero else { return land(id, .absent, &actions) }
            let until = now.advanced(by: rules.negativeTTL)
            let fill = Fill(load: id, need: load.need, entry: nil, negativeUntil: until)
            actions.append(.fill(fill))
        case .notModified, .failed:
            fail(id, failure(.corrupt, "not an answer to this question"), at: now, &actions)
        }
    }

    /// The entry of what was loaded, with its windows.
    private mutating func entry(
        _ loaded: Loaded, _ need: Need<Token>, _ rules: SourceRules, after time: Duration,
        at now: Tick
    ) -> Entry {
        var entry = Entry(key: need.key, value: loaded.value, created: now)
        let microseconds =
            time.components.seconds * 1_000_000
            + time.components.attoseconds / 1_000_000_000_000
        entry.cost = UInt32(clamping: max(1, microseconds))
        entry.tags = Array(loaded.tags.prefix(Entry.tagCountMax))
        entry.priority = rules.priority
        guard let ttl = loaded.lifetime.ttl ?? rules.ttl else { return entry }
        let fresh = TTLJitter(share: rules.jitter).applied(to: ttl, using: &random)
        let expires = now.advanced(by: fresh)
        let stale = loaded.lifetime.stale ?? rules.stale
        let staleIfError = loaded.lifetime.staleIfError ?? rules.staleIfError
        entry.expires = expires
        entry.staleUntil = expires.advanced(by: max(stale, staleIfError))
        return entry
    }

    /// Gives a whole batch up.
    private mutating func fail(
        _ id: AskID, _ failure: SourceFailure, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.remove(id.ticket) else { return }
        for load in batch.loads { fail(load, failure, at: now, &actions) }
    }
}

extension LoadOutcome {
    fileprivate var failure: SourceFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension Tick {
    func duration(since earlier: Tick) -> Duration {
        .nanoseconds(Int64(clamping: nanoseconds - min(nanoseconds, earlier.nanoseconds)))
    }
}
