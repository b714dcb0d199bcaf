public import LarderCore
import LarderResilience

// What the origin is asked for by one client alone, past levels and flights: writes, and loads that
// nothing is kept of. They share breaker, gate, budget and retries with the loads.
extension SourceCore {
    /// One of them, until its end.
    struct Errand: Sendable {
        enum Purpose: Sendable {
            /// A change, and the number of who is told of its end.
            case write(OriginChange, writer: UInt64)
            case load(Key, Waiter)
        }

        let purpose: Purpose
        let binding: Int
        /// Until when it may wait to be asked, or to be asked again.
        let deadline: Tick
        /// Its key's marks, from when the origin is first asked for it to the end.
        var mark: WriteID?
        /// What the origin said, when memory has still to do it.
        var outcome: WriteOutcome?
    }

    /// How an errand ended.
    private enum End {
        /// A write, and where its key stood in memory when the origin was asked.
        case written(WriteOutcome, Token?)
        case loaded(LoadOutcome)
    }

    /// Has the origin take a change. Until its end nobody else may change the key here.
    ///
    /// - Parameters:
    ///   - change: It.
    ///   - binding: Place of its namespace's rules.
    ///   - writer: Who is told by `SourceAction.finish`.
    ///   - now: The time.
    ///   - actions: What is to be done.
    /// - Complexity: O(log n).
    public mutating func write(
        _ change: OriginChange, binding: Int, for writer: UInt64, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        counted.writes.waiting += 1
        start(.write(change, writer: writer), binding, at: now, &actions)
    }

    /// Has the origin asked for a key, whatever memory and levels have. Nothing of it is kept.
    ///
    /// - Complexity: O(log n).
    public mutating func bypass(
        _ key: Key, binding: Int, for waiter: Waiter, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        start(.load(key, waiter), binding, at: now, &actions)
    }

    private mutating func start(
        _ purpose: Errand.Purpose, _ binding: Int, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        let wait = configuration.rules[binding].waitLimit
        let errand = Errand(
            purpose: purpose, binding: binding, deadline: now.advanced(by: wait))
        let place = Batch.Place.errand(errands.insert(errand))
        enterGate(
            AskID(ticket: batches.insert(Batch(place: place, loads: []))), at: now, &actions)
    }

    /// Asks the origin for an errand that has a place.
    mutating func send(
        _ ticket: Ticket, by id: AskID, isAgain: Bool, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let errand = errands.element(ticket) else { return }
        switch errand.purpose {
        case .load(let key, _):
            counted.bypassed += 1
            actions.append(.askOrigin(id, binding: errand.binding, [LoadRequest(key)]))
        case .write(let change, _):
            counted.writes.waiting -= 1
            counted.writes.asked += 1
            if isAgain { counted.writes.retried += 1 }
            // Not before: what is turned away has changed nothing.
            if errand.mark == nil {
                let mark = beginWrite(of: [change.key], at: now, &actions)
                errands.change(ticket) { $0.mark = mark }
            }
            actions.append(.writeOrigin(id, binding: errand.binding, change))
        }
    }

    /// The origin has taken a write, or not. What comes late is ignored.
    ///
    /// - Parameters:
    ///   - outcome: What it said.
    ///   - token: Where the key stood in memory just before it was asked.
    ///   - id: The question.
    ///   - now: The time.
    ///   - actions: What is to be done.
    public mutating func written(
        _ outcome: WriteOutcome, since token: Token, by id: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        conclude(id, .written(outcome, token), at: now, &actions)
    }

    /// The origin has answered a load past memory.
    mutating func passed(
        _ outcome: LoadOutcome, by id: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        conclude(id, .loaded(outcome), at: now, &actions)
    }

    /// The origin's time for an errand is over. Whether a write has happened nobody knows.
    mutating func giveUp(
        _ ticket: Ticket, by id: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        let late = failure(.timeout)
        switch errands.element(ticket)?.purpose {
        case .write:
            counted.writes.timedOut += 1
            conclude(id, .written(.unknown(late), nil), at: now, &actions)
        case .load: conclude(id, .loaded(.failed(late)), at: now, &actions)
        case nil: preconditionFailure("An errand lives as long as its question.")
        }
    }

    /// An errand is turned away: the origin was not asked, or has not seen it.
    mutating func turnAway(
        _ ticket: Ticket, _ failure: SourceFailure, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let errand = errands.element(ticket) else { return }
        // Who has waited as long as it may was late; the others were too many.
        let isLate = failure.cause == .overloaded && errand.deadline <= now
        let failure = isLate ? self.failure(.timeout, failure.detail) : failure
        switch errand.purpose {
        case .write:
            counted.writes.waiting -= 1
            end(ticket, .written(.refused(failure), nil), &actions)
        case .load: end(ticket, .loaded(.failed(failure)), &actions)
        }
    }

    private mutating func conclude(
        _ id: AskID, _ result: End, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(id.ticket), case .errand(let ticket) = batch.place,
            case .asked(let permit, let begin) = batch.stage
        else { return }
        deadlines.remove(id.ticket.index)
        _ = batches.remove(id.ticket)
        let failure: SourceFailure?
        let (isDown, isUnseen, isWrite): (Bool, Bool, Bool)
        switch result {
        case .written(let outcome, _):
            failure = outcome.failure
            (isDown, isUnseen, isWrite) = (!outcome.isAnswer, outcome.isUnseen, true)
        case .loaded(let outcome):
            failure = outcome.failure
            (isDown, isUnseen, isWrite) = (failure != nil, true, false)
        }
        let failures = failure.map { [$0] } ?? []
        // Turned away for its key, it has said nothing of the origin, alive or not.
        let isKeys = failure?.isKeys == true
        note(isKeys ? .none : .init(failures, isDown: isDown), permit, at: now)
        if isDown, isUnseen, retry(batch, failures, at: now) {
            if isWrite { counted.writes.waiting += 1 }
        } else {
            end(ticket, result, &actions)
        }
        let time = now.duration(since: begin)
        leaveGate(outcome(failures, isDown: isDown, after: time), at: now, &actions)
    }

    /// Lets memory do what is left to do, or tells who waits.
    private mutating func end(
        _ ticket: Ticket, _ result: End, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let errand = errands.element(ticket) else { return }
        switch (errand.purpose, result) {
        case (.write(let change, _), .written(let outcome, let token)):
            counted.writes.count(outcome)
            errands.change(ticket) { $0.outcome = outcome }
            let step: Settlement<Token>.Step
            switch (outcome, token) {
            case (.refused, _): return finish(ticket, &actions)
            case (.applied, let token?) where change.isKept: step = .store(ifAt: token)
            case (.applied, _), (.unknown, _): step = .drop
            }
            actions.append(
                .settle(
                    Settlement(
                        errand: ErrandID(ticket: ticket), change: change,
                        binding: errand.binding, step: step)))
        case (.load(_, let waiter), .loaded(let outcome)):
            _ = errands.remove(ticket)
            actions.append(.bypassed(waiter, outcome))
        case (.write, .loaded), (.load, .written):
            preconditionFailure("A write is answered as a write, a load as a load.")
        }
    }

    /// Memory has done what `SourceAction.settle` asked for.
    public mutating func settled(
        _ id: ErrandID, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        finish(id.ticket, &actions)
    }

    /// Ends a write and tells the writer.
    private mutating func finish(
        _ ticket: Ticket, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let errand = errands.remove(ticket), case .write(_, let writer) = errand.purpose,
            let outcome = errand.outcome
        else { return }
        if let mark = errand.mark { endWrite(mark, isDone: outcome == .applied) }
        actions.append(.finish(writer, outcome))
    }
}
