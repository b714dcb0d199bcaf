import Glibc
import LarderCore

/// Calls on their way to threads, up to a bound.
///
/// Safety: `ready` is a semaphore of the system, made for use by many threads.
@safe final class SQLiteQueue: @unchecked Sendable {
    private struct State {
        var calls: [SQLiteCall] = []
        /// Where the next call is; those before are taken.
        var first = 0
        var isClosed = false

        var count: Int { calls.count - first }
    }

    private let ready: UnsafeMutablePointer<sem_t>
    private let state = Guarded(State())
    private let waitingMax: Int

    init(waitingMax: Int) {
        unsafe ready = .allocate(capacity: 1)
        unsafe sem_init(ready, 0, 0)
        self.waitingMax = waitingMax
    }

    deinit {
        unsafe sem_destroy(ready)
        unsafe ready.deallocate()
    }

    /// Appends a call.
    ///
    /// - Returns: `false` when too many wait, or nobody takes them any more.
    func put(_ call: SQLiteCall) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.count < waitingMax else { return false }
            state.calls.append(call)
            return true
        }
        if isTaken { _ = unsafe sem_post(ready) }
        return isTaken
    }

    /// Waits for a call; `nil` when there will be none.
    func take() -> SQLiteCall? {
        while unsafe sem_wait(ready) != 0 {}
        return state.withLock { state in
            guard state.count > 0 else { return nil }
            defer {
                state.first += 1
                if state.first * 2 > state.calls.count {
                    state.calls.removeFirst(state.first)
                    state.first = 0
                }
            }
            return state.calls[state.first]
        }
    }

    /// Lets `threadCount` threads end when they have done what waits.
    func close(threadCount: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threadCount { _ = unsafe sem_post(ready) }
    }
}
