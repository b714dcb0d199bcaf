/// A value behind a lock of its own, for the rare things that threads share.
///
/// Like `Mutex`, but made of an atomic word, which the thread sanitizer understands.
///
/// Safety: the value is reached through `withLock` only, which holds the lock meanwhile.
@safe public final class Guarded<State>: @unchecked Sendable {
    private let lock = ShardLock()
    private let state: UnsafeMutablePointer<State>

    /// Guards `state`.
    public init(_ state: State) {
        unsafe self.state = .allocate(capacity: 1)
        unsafe self.state.initialize(to: state)
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Gives `body` the value. Neither may it be called within itself, nor take another lock.
    public func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        let isTaken = lock.lock()
        defer { if isTaken { lock.unlock() } }
        return unsafe body(&state.pointee)
    }
}
