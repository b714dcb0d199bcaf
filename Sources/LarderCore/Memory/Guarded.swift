/// A value behind a lock of its own, for the rare things that threads share.
///
/// What `Mutex` is, but on a lock that the thread sanitizer understands. Any thread may call it.
///
/// Safety: the value is reached through `withLock` only, which holds the lock meanwhile.
@safe public final class Guarded<State: ~Copyable>: @unchecked Sendable {
    @usableFromInline let lock = SpinLock()
    @usableFromInline let state: UnsafeMutablePointer<State>

    /// Guards `state`.
    public init(_ state: consuming State) {
        unsafe self.state = .allocate(capacity: 1)
        unsafe self.state.initialize(to: state)
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Gives `body` the value. It must be short, and never be called within itself: it would wait
    /// for ever.
    @inlinable public func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let isTaken = lock.lock()
        defer { if isTaken { lock.unlock() } }
        return try unsafe body(&state.pointee)
    }
}
