import LarderCore

/// What a loop knows of one connection. About 100 bytes; what only busy ones need is behind
/// references.
@safe struct LinkState {
    /// What goes on. Reading is on exactly when none of `stopsReading` holds.
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// The handler wants nothing before `resume`.
        static let paused = Flags(rawValue: 1 << 0)
        /// Too much output is pending.
        static let slow = Flags(rawValue: 1 << 1)
        /// Whole requests wait in `leftover`; the connection is in the list of runnable ones.
        static let runnable = Flags(rawValue: 1 << 2)
        /// Closed as soon as all output is sent.
        static let closing = Flags(rawValue: 1 << 3)
        /// The peer sends no more.
        static let ended = Flags(rawValue: 1 << 4)
        /// Closed at the end of the current event, with `reason`.
        static let doomed = Flags(rawValue: 1 << 5)
        /// A send of the current batch is on its way; later output queues behind it.
        static let sendQueued = Flags(rawValue: 1 << 6)
        /// The backend reports bytes.
        static let reads = Flags(rawValue: 1 << 7)
        /// The backend reports room for output.
        static let writes = Flags(rawValue: 1 << 8)
        /// A receive of the io_uring backend is not finished yet.
        static let receiving = Flags(rawValue: 1 << 9)
        /// A poll for room of the io_uring backend is not finished yet.
        static let polling = Flags(rawValue: 1 << 11)
        /// The handler has state for it, and is told of the end.
        static let opened = Flags(rawValue: 1 << 10)
        /// Paused before a request that has not begun: it may end any time.
        static let postponed = Flags(rawValue: 1 << 12)
        /// The backend reports the end of what the peer sends.
        static let awaitsEnd = Flags(rawValue: 1 << 13)
        /// A poll for that end of the io_uring backend is not finished yet.
        static let pollingEnd = Flags(rawValue: 1 << 14)

        static let stopsReading: Flags = [.paused, .slow, .runnable, .closing, .ended, .doomed]
    }

    unowned(unsafe) let loop: LoopCore
    var descriptor: Int32
    let slot: UInt32
    /// 0 while the place is free.
    var serial: UInt64
    /// libevent's record.
    var event: OpaquePointer?
    /// A partial request, or requests that wait.
    var leftover: ByteBlock?
    var pending: PendingOutput?
    /// What other threads may know of it.
    var gauge: ConnectionGauge?
    /// The encryption; nil for a plain connection.
    var tls: TLSSession?
    /// Length of the partial request, once known; the handler is not called before it is there.
    var expectedBytes = 0
    /// What the clients' budget was told that this connection holds.
    var accountedBytes = 0
    /// What the handler keeps for this connection.
    var handlerBytes = 0
    /// When the client last sent something, and last took some of its output.
    var lastReceived: Moment
    var lastSent: Moment
    var flags: Flags = []
    var reason = CloseReason.peer
}

/// A tick in whole milliseconds, in half the room. It wraps after 49 days: only the time since a
/// moment means something, and only if somebody looks more often than that.
struct Moment {
    private let milliseconds: UInt32

    init(_ tick: Tick) {
        milliseconds = UInt32(truncatingIfNeeded: tick.milliseconds)
    }

    /// Whether `limit` has passed until `now`.
    func isPast(_ limit: Duration, at now: Tick) -> Bool {
        let passed = Moment(now).milliseconds &- milliseconds
        return Duration.milliseconds(Int64(passed)) >= limit
    }
}

/// A place in the table of links. Valid while the loop is; whose connection it is says `serial`.
@safe struct Link {
    private let place: UnsafeMutablePointer<LinkState>

    init(_ place: UnsafeMutablePointer<LinkState>) {
        unsafe self.place = place
    }

    init(opaque: UnsafeMutableRawPointer) {
        unsafe place = opaque.assumingMemoryBound(to: LinkState.self)
    }

    var opaque: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(place) }

    /// In place: reading one field copies that field only.
    var state: LinkState {
        unsafeAddress { unsafe UnsafePointer(place) }
        nonmutating unsafeMutableAddress { unsafe place }
    }

    func reset(_ state: LinkState) {
        unsafe place.pointee = state
    }
}
