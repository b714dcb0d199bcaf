import LarderCore

@testable import LarderHierarchy

/// A clock for shells that moves only when told to.
final class ManualTime: Sendable {
    private struct State {
        var now = Tick(nanoseconds: 1_000_000_000)
        var sleepers: [(until: Tick, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Guarded(State())

    var now: Tick { state.withLock { $0.now } }

    var clock: ShellClock {
        ShellClock(now: { self.now }, wait: { await self.wait(until: $0) })
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            let now = state.now.advanced(by: duration)
            state.now = now
            let woken = state.sleepers.filter { $0.until <= now }
            state.sleepers.removeAll { $0.until <= now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    private func wait(until time: Tick) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.now < time { state.sleepers.append((time, continuation)) }
                return time <= state.now
            }
            if isOver { continuation.resume() }
        }
    }
}
