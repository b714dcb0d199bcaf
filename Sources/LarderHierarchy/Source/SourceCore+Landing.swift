public import LarderCore
import LarderResilience

// The end of a load: fill, leave the table, land.
extension SourceCore {
    /// Has `entry` stored; `outcome` is for those who wait.
    mutating func fill(
        _ id: LoadID, _ entry: Entry, _ outcome: Landing.Outcome,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        loads.change(id.ticket) { $0.outcome = outcome }
        actions.append(
            .fill(Fill(load: id, need: load.need, entry: entry, negativeUntil: entry.created)))
    }

    /// What `SourceAction.fill` came to.
    public mutating func filled(
        _ id: LoadID, _ result: Fill<Token>.Outcome, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket), let outcome = load.outcome else { return }
        switch result {
        case .stored:
            counts.filled += 1
            unstorable.remove(load.need.key)
        case .moved: counts.moved += 1
        case .refused: unstorable.insert(load.need.key, at: now)
        }
        failures.noteSuccess(of: load.need.key)
        if case .value(let loaded, _) = outcome {
            land(id, .value(loaded, isStored: result == .stored), &actions)
        } else {
            land(id, outcome, &actions)
        }
    }

    /// Gives a load up: those who wait get what a level had, if it may still be served, or the
    /// failure.
    mutating func fail(
        _ id: LoadID, _ failure: SourceFailure, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        counts.failed += 1
        failures.noteFailure(of: load.need.key, at: now, using: &random)
        guard let fallback = load.fallback, fallback.isServable(at: now) else {
            return land(id, .failed(failure), &actions)
        }
        land(id, .value(Loaded(fallback), isStored: false), &actions)
    }

    /// Ends a load and tells those who wait.
    mutating func land(
        _ id: LoadID, _ outcome: Landing.Outcome,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.remove(id.ticket) else { return }
        var waiters: [Waiter] = []
        _ = flights.land(load.flight, waiters: &waiters)
        guard !waiters.isEmpty else { return }
        actions.append(.land(waiters, Landing(key: load.need.key, outcome: outcome)))
    }
}
