import Glibc

/// A thread that may block, which the tasks of a test must not.
package struct BlockingThread: ~Copyable {
    private let handle: pthread_t

    /// Starts `body` on a thread of its own.
    package init(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(run: body))
        var handle = pthread_t()
        let failure = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(failure == 0, "the system refused a thread: error \(failure)")
        self.handle = handle
    }

    /// Waits until the thread has ended.
    package consuming func join() {
        pthread_join(handle, nil)
    }

    /// Lets it run, whoever waits.
    package consuming func detach() {
        pthread_detach(handle)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

/// Runs `body` for every index below `count`, each on a thread of its own, and returns what they
/// returned when all have ended.
package func onThreads<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Value
) -> [Value] {
    let values = Locked([Value?](repeating: nil, count: count))
    start(0, of: count) { index in
        let value = body(index)
        values.withLock { $0[index] = value }
    }
    return values.withLock { $0.compactMap(\.self) }
}

/// Each level of the recursion keeps one thread, which no array can hold.
private func start(_ index: Int, of count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard index < count else { return }
    let thread = BlockingThread { body(index) }
    start(index + 1, of: count, body)
    thread.join()
}
