public import LarderCore
import LarderResilience

// What time alone does.
extension SourceCore {
    /// When time alone changes something: `advance(to:_:)` is to be called then.
    ///
    /// - Complexity: O(levels).
    public func nextStep(at now: Tick) -> Tick? {
        var next = deadlines.first?.deadline
        func look(at time: Tick?) {
            if let time { next = min(next ?? time, time) }
        }
        look(at: flights.nextDeadline)
        look(at: gate.nextStep(at: now))
        for level in levels { look(at: level.nextStep) }
        return next
    }

    /// Does what is due at `now`.
    public mutating func advance(
        to now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        while let next = deadlines.first, next.deadline <= now,
            let ticket = batches.ticket(at: next.index)
        {
            end(AskID(ticket: ticket), at: now, &actions)
        }
        for level in levels.indices { sendWrites(to: level, at: now, &actions) }
        var late: [Waiter] = []
        flights.expire(at: now, waiters: &late)
        if !late.isEmpty {
            counted.timedOut += late.count
            actions.append(.timeOut(late, failure(.timeout, "the wait was too long")))
        }
        advanceGate(at: now, &actions)
    }

    /// The time of a batch is over.
    private mutating func end(
        _ id: AskID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(id.ticket) else { return }
        deadlines.remove(id.ticket.index)
        switch (batch.stage, batch.place) {
        case (.asked, .level(let level)):
            actions.append(.cancel(id))
            let late = SourceFailure(source: configuration.levels[level], cause: .timeout)
            let answers = batch.loads.map { _ in Lookup<Entry>.failed(late) }
            answered(answers, by: id, at: now, &actions)
        case (.asked, .origin):
            actions.append(.cancel(id))
            let late = LoadOutcome.failed(failure(.timeout))
            loaded(batch.loads.map { _ in late }, by: id, at: now, &actions)
        case (.asked, .errand(let errand)):
            actions.append(.cancel(id))
            giveUp(errand, by: id, at: now, &actions)
        case (.asked(let permit, _), .write(let level, _)):
            counted.lateWrites += 1
            _ = levels[level].breaker.record(.failure, of: permit, at: now, using: &random)
            batches.change(id.ticket) { $0.stage = .late }
        case (.late, _):
            preconditionFailure("What is late has no deadline any more.")
        case (.rests, _):
            enterGate(id, at: now, &actions)
        case (.queues, _):
            preconditionFailure("The gate keeps the deadlines of those who wait for it.")
        }
    }
}
