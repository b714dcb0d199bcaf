/// A value behind a lock of its own, for the rare things that threads share.
///
/// What `Mutex` is, but on a lock that the thread sanitizer understands. Any thread may call it.
///
/// Safety: `state` points to memory that this object alone owns, from `init` to `deinit`. Between
/// them it is reached through `withLock` only, which holds the lock meanwhile, so no two threads
/// see the value at once, and who locks next sees all that was written (`SpinLock` orders it).
/// `deinit` needs no lock: nobody is left who could call. It would break with a second way to
/// `state`, or with a body that keeps what it was lent: `inout` does not leave the call, but an
/// object or a pointer within the value can, and is then shared without the lock. So `State` need
/// not be `Sendable`, but what is put in stays in, or is safe to share by itself.
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
