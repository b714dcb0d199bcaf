import LarderCore

/// A number that grows, and those who wait until it has.
final class Tally: Sendable {
    private struct State {
        var count = 0
        var waiters: [(least: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Guarded(State())

    var count: Int { state.withLock { $0.count } }

    func add(_ number: Int = 1) {
        let reached = state.withLock { state in
            state.count += number
            let reached = state.waiters.filter { $0.least <= state.count }
            state.waiters.removeAll { $0.least <= state.count }
            return reached
        }
        for waiter in reached { waiter.continuation.resume() }
    }

    /// Returns when it is at least `least`.
    func reach(_ least: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count < least { state.waiters.append((least, continuation)) }
                return state.count >= least
            }
            if isReached { continuation.resume() }
        }
    }
}
