/// Chooses what a loop runs on.
enum BackendFactory {
    /// The backend of `choice`; `auto` prefers io_uring (docs/decisions/0007-event-loop.md).
    /// Without io_uring it is libevent; `LoopContext.backend` tells.
    static func make(_ choice: RuntimeConfiguration.BackendChoice, for loop: LoopCore) -> Backend {
        if choice != .libevent, let backend = UringBackend(trying: loop) {
            loop.context.note(.uring)
            return backend
        }
        loop.context.note(.libevent)
        return LibeventBackend(loop)
    }
}
