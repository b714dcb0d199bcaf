public import LarderCore
import LarderResilience

// The end of a load: fill, leave the table, land.
extension SourceCore {
    /// Has `content` stored in memory, and then in the levels what `result` says.
    mutating func fill(
        _ id: LoadID, _ content: Fill<Token>.Content, _ result: LoadResult,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        loads.change(id.ticket) { $0.result = result }
        actions.append(.fill(Fill(load: id, need: load.need, content: content)))
    }

    /// What `SourceAction.fill` came to.
    public mutating func filled(
        _ id: LoadID, _ outcome: Fill<Token>.Outcome, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket), let result = load.result else { return }
        failures.noteSuccess(of: load.need.key)
        switch outcome {
        case .stored(let version):
            counted.filled += 1
            unstorable.remove(load.need.key)
            var kept = result.entry
            kept?.version = version
            write(kept, of: load, to: result.place, at: now, &actions)
        case .moved where result.outcome == .renewed && isAwaited(load):
            return askAgain(id, at: now, &actions)
        case .moved:
            counted.moved += 1
            write(nil, of: load, to: result.place, at: now, &actions)
        case .refused:
            counted.notKept += 1
            unstorable.insert(load.need.key, at: now)
            write(nil, of: load, to: result.place, at: now, &actions)
        case .gone: return askAgain(id, at: now, &actions)
        }
        land(id, result.outcome.stored(outcome), &actions)
    }

    private func isAwaited(_ load: Load<Token, Flights.FlightID>) -> Bool {
        flights.waiterCount(of: load.flight) > 0
    }

    /// There was nothing to renew any more: the value is needed after all.
    mutating func askAgain(
        _ id: LoadID, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let need = loads.element(id.ticket)?.need else { return }
        loads.change(id.ticket) {
            $0.need = Need(need.key, at: need.token, binding: need.binding)
            $0.result = nil
        }
        queue([id], at: now, &actions)
    }

    /// Gives a load up: those who wait get what a level had, if it may still be served, or the
    /// failure.
    ///
    /// If the failure is not the key's, since the origin was not asked for it, the key may be tried
    /// as soon as the origin may be asked again.
    mutating func fail(
        _ id: LoadID, _ failure: SourceFailure, isKeys: Bool = true, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.element(id.ticket) else { return }
        counted.failed += 1
        if isKeys { failures.noteFailure(of: load.need.key, at: now, using: &random) }
        guard let fallback = load.fallback, fallback.isServable(at: now),
            !hasMoved(load, fallback, by: .hard)
        else { return land(id, .failed(failure), &actions) }
        land(id, .value(fallback, isStored: false), &actions)
    }

    /// Ends a load and tells those who wait.
    mutating func land(
        _ id: LoadID, _ outcome: Landing.Outcome,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let load = loads.remove(id.ticket) else { return }
        marks.endLoad(of: load.need.key)
        var waiters: [Waiter] = []
        _ = flights.land(load.flight, waiters: &waiters)
        guard !waiters.isEmpty else { return }
        actions.append(.land(waiters, Landing(key: load.need.key, outcome: outcome)))
    }
}

extension Landing.Outcome {
    /// The same, when it is known what became of the fill.
    fileprivate func stored<Token>(_ outcome: Fill<Token>.Outcome) -> Self {
        guard case .value(var entry, _) = self, case .stored(let version) = outcome else {
            return self
        }
        entry.version = version
        return .value(entry, isStored: true)
    }
}
