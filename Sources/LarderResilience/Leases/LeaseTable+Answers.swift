public import LarderCore

/// What a lease is, who asks for one, and what they are told.
extension LeaseTable {
    /// The right to load a key.
    public struct Lease: Hashable, Sendable, BitwiseCopyable {
        /// Proves the right; random, never 0.
        public let token: UInt64
        /// When the right ends, unless it is renewed.
        public let end: Tick
    }

    /// Who wants a lease.
    public struct Request: Sendable {
        let waiter: Waiter
        let duration: Duration
        let deadline: Tick

        /// `waiter` wants a lease of `duration`, and waits for it until `deadline`.
        public init(_ waiter: Waiter, for duration: Duration, waitingUntil deadline: Tick) {
            self.waiter = waiter
            self.duration = duration
            self.deadline = deadline
        }
    }

    /// A waiter.
    public struct WaiterID: Hashable, Sendable, BitwiseCopyable {
        let ticket: Ticket
    }

    /// What becomes of who wants a lease.
    public enum Answer: Hashable, Sendable {
        case granted(Lease)
        /// Another holds it. A `Wake` will come.
        case wait(WaiterID)
        /// A bound was reached.
        case refused
    }

    /// The one message to a waiter.
    public enum Wake {
        /// The key was set: read it.
        case filled(Waiter)
        /// The holder is gone: load it yourself.
        case granted(Waiter, Key, Lease)
        /// The deadline is here.
        case timedOut(Waiter)
    }
}
