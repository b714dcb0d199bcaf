public import LarderCore

// What one client alone asks the origin for: writes, and loads that nothing is kept of.
extension Source {
    /// Has the origin take a change, and memory what became of it, by breaker, limit and timeout.
    /// Changes of one key are to be made one after the other.
    ///
    /// - Parameters:
    ///   - change: It.
    ///   - binding: Place of its namespace's rules.
    /// - Returns: What became of it. If nobody knows, nobody here has the key any more.
    public func write(_ change: OriginChange, binding: Int) async -> WriteOutcome {
        await withCheckedContinuation { continuation in
            let writer = state.withLock { state in
                state.lastWriter += 1
                state.writers[state.lastWriter] = continuation
                return state.lastWriter
            }
            let now = clock.now()
            run(at: now) { core, actions in
                core.write(change, binding: binding, for: writer, at: now, &actions)
            }
        }
    }

    /// Has the origin asked for a key, by breaker, limit and timeout, whatever memory has. Nothing
    /// of the answer is kept; the observer is told it.
    public func bypass(_ key: Key, binding: Int, for waiter: Observer.Waiter) {
        let now = clock.now()
        run(at: now) { core, actions in
            core.bypass(key, binding: binding, for: waiter, at: now, &actions)
        }
    }

    /// Does in memory what became of a change.
    func settle(_ settlement: Settlement<Memory.Token>) {
        // As with a ban: before memory forgets the key.
        origins[settlement.binding].invalidated(.key(settlement.change.key))
        memory.settle(settlement)
        run(at: clock.now()) { core, actions in core.settled(settlement.errand, &actions) }
    }
}

extension Origin {
    /// Makes a change, and returns what became of it.
    func outcome(of change: OriginChange) async -> WriteOutcome {
        let outcomes =
            if let entry = change.entry {
                await write([entry])
            } else {
                await remove([change.key])
            }
        let silent = SourceFailure(source: name, cause: .corrupt, detail: "no outcome")
        return outcomes.first ?? .unknown(silent)
    }
}
