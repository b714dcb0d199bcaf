import LarderCore
import LarderResilience

// The gate before the origin, and the part in the budget that all sources share.
extension SourceCore {
    /// Lets a batch go, or wait for its turn.
    mutating func enterGate(
        _ id: AskID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(id.ticket), let deadline = deadline(of: batch) else {
            return
        }
        // Who would be refused does not wait for that behind questions that hang.
        guard !breaker.refuses(at: now) else { return fail(id, failure(.open), at: now, &actions) }
        switch gate.enter(
            id, deadline: deadline, at: now, ifAllowed: { budget?.take() ?? true })
        {
        case .go:
            if !ask(id, at: now, &actions) {
                leaveGate(ConcurrencyLimit.Outcome.none, at: now, &actions)
            }
        case .wait(let ticket): batches.change(id.ticket) { $0.stage = .queues(ticket) }
        case .full: fail(id, failure(.overloaded, "too many loads wait"), at: now, &actions)
        }
    }

    /// Until when a question may wait to be asked, or asked again.
    func deadline(of batch: Batch) -> Tick? {
        if case .errand(let errand) = batch.place { return errands.element(errand)?.deadline }
        return batch.loads.first.flatMap { loads.element($0.ticket)?.deadlines.hard }
    }

    /// Lets in those whose turn it is.
    mutating func advanceGate(
        at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        follow(passGate(nil, at: now), at: now, &actions)
    }

    mutating func leaveGate(
        _ outcome: ConcurrencyLimit.Outcome, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        follow(passGate(outcome, at: now), at: now, &actions)
    }

    /// Gives a place back, if one is left, and takes places for those who are let in.
    private mutating func passGate(
        _ outcome: ConcurrencyLimit.Outcome?, at now: Tick
    ) -> LoadGate<AskID>.Step {
        if outcome != nil { budget?.giveBack() }
        var step = LoadGate<AskID>.Step()
        var taken = 0
        func mayGo() -> Bool {
            guard budget?.take() ?? true else { return false }
            taken += 1
            return true
        }
        if let outcome {
            gate.leave(outcome, at: now, &step, ifAllowed: mayGo)
        } else {
            gate.advance(at: now, &step, ifAllowed: mayGo)
        }
        // Who was to have the last one may have been dropped.
        for _ in step.started.count..<taken { budget?.giveBack() }
        return step
    }

    /// Lets go, or gives up, whom the gate says. Not by recursion: when the breaker is open, each
    /// that goes lets the next one in.
    private mutating func follow(
        _ first: LoadGate<AskID>.Step, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        var steps = [first]
        while let step = steps.popLast() {
            for id in step.dropped {
                fail(id, failure(.overloaded, "waited too long"), at: now, &actions)
            }
            for id in step.started where !ask(id, at: now, &actions) {
                steps.append(passGate(ConcurrencyLimit.Outcome.none, at: now))
            }
        }
    }
}
