/// Work on its way to threads that wait for it, first come first served, up to a bound.
///
/// Any thread may call it.
package final class WorkQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        /// Where the next one is; those before are taken.
        var first = 0
        var isClosed = false

        var count: Int { elements.count - first }
    }

    private let ready = Semaphore()
    private let state = Guarded(State())
    private let waitingMax: Int

    /// An empty queue in which at most `waitingMax` elements wait.
    package init(waitingMax: Int = .max) {
        self.waitingMax = waitingMax
    }

    /// Appends an element.
    ///
    /// - Returns: `false` when too many wait, or nobody takes them any more.
    /// - Complexity: Amortised O(1).
    package func put(_ element: Element) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.count < waitingMax else { return false }
            state.elements.append(element)
            return true
        }
        if isTaken { ready.post() }
        return isTaken
    }

    /// Waits for an element; `nil` when there will be none.
    ///
    /// - Complexity: Amortised O(1).
    package func take() -> Element? {
        ready.wait()
        return state.withLock { state in
            guard state.count > 0 else { return nil }
            defer {
                state.first += 1
                if state.first * 2 > state.elements.count {
                    state.elements.removeFirst(state.first)
                    state.first = 0
                }
            }
            return state.elements[state.first]
        }
    }

    /// Lets `threadCount` threads end when they have done what waits.
    package func close(threadCount: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threadCount { ready.post() }
    }
}
