public import LarderCore

/// How the event loops work. All bounds of the runtime are here.
public struct RuntimeConfiguration: Sendable {
    /// The interface to the kernel that a loop uses.
    public enum BackendChoice: String, Sendable, Hashable, CaseIterable {
        /// The faster one that works here.
        case auto
        /// Readiness through libevent. Works everywhere.
        case libevent
        /// Completions through io_uring. When the system refuses it, libevent is used.
        case uring
    }

    /// Places to listen on.
    public var listeners: [ListenerConfiguration] = []
    /// Number of loops, each with a thread. One per core.
    public var loopCount = 1
    /// The interface to the kernel.
    public var backend = BackendChoice.auto
    /// Most connections at a time, all loops together. More are refused with a text.
    public var maximumConnections = 10_000
    /// A client that sends nothing for so long is closed. Zero: never.
    public var idleTimeout = Duration.zero
    /// A client that reads nothing of its pending output for so long is closed.
    public var stallTimeout = Duration.seconds(60)
    /// Silence after which the system probes whether a peer is alive. Zero: never.
    public var keepAlive = Duration.seconds(300)
    /// Time between two calls of `ticked` when there is no work left over.
    public var tickInterval = Duration.milliseconds(100)

    /// Bytes read from one connection per turn: larger favours throughput, smaller fairness.
    public var readBufferBytes = 256 << 10
    /// Output of one batch after which handlers stop until it is sent.
    public var outputBufferBytes = 1 << 20
    /// Most output of a single batch. A reply that does not fit closes its connection.
    public var outputLimitBytes = 1 << 30
    /// A connection with more pending output is not read until half of it is gone.
    public var pendingSoftLimit = 1 << 20
    /// A connection with more pending output is closed.
    public var pendingHardLimit = 1 << 30
    /// What holds in their place for connections that wait for messages.
    public var subscriberLimits = SubscriberLimits()
    /// Most bytes that all clients together hold: partial requests and copied output.
    public var clientMemoryLimit = 64 << 20
    /// Messages that may wait for a loop. More are refused.
    public var mailboxLimit = 65_536

    /// What clients of TLS listeners are shown; nil when there is no such listener.
    public var tls: TLSIdentity?
    /// Time for a TLS handshake. 10 s: enough for any network, too little to hold places for free.
    public var handshakeTimeout = Duration.seconds(10)
    /// Most handshakes at a time, all loops together; one more ends the oldest, so that whoever
    /// never finishes keeps nobody out. 1024, of at most 70 KiB each.
    public var maximumHandshakes = 1024
    /// Called on a loop thread for each handshake that fails.
    public var onHandshakeFailure: (@Sendable (HandshakeFailure) -> Void)?

    /// SIGTERM and SIGINT stop the group, given so much time to drain. Nil: signals are left alone.
    public var drainOnSignal: Duration?
    /// Called on a loop thread at SIGHUP, if signals are handled.
    public var onHangup: (@Sendable () -> Void)?
    /// The monotonic clock. Tests put another in its place.
    public var clock: @Sendable () -> Tick = { MonotonicClock.now() }

    /// The defaults, with `listeners` and `loopCount` to be set.
    public init() {}

    /// Throws for the first value out of range.
    func validate() throws(RuntimeError) {
        func require(_ holds: Bool, _ field: String, _ reason: String) throws(RuntimeError) {
            if !holds { throw RuntimeError.invalid(field: field, reason: reason) }
        }
        try require((1...256).contains(loopCount), "loopCount", "must be 1 to 256")
        try require(
            (1...1 << 24).contains(maximumConnections), "maximumConnections",
            "must be 1 to 16777216")
        try require(readBufferBytes >= 16 << 10, "readBufferBytes", "must be at least 16 KiB")
        try require(
            (64 << 10...outputLimitBytes).contains(outputBufferBytes), "outputBufferBytes",
            "must be at least 64 KiB and at most outputLimitBytes")
        try require(pendingSoftLimit > 0, "pendingSoftLimit", "must be positive")
        try require(
            pendingHardLimit >= pendingSoftLimit, "pendingHardLimit",
            "must not be below pendingSoftLimit")
        try require(
            tls != nil || !listeners.contains(where: \.usesTLS), "tls",
            "must be set when a listener uses TLS")
        try require(maximumHandshakes > 0, "maximumHandshakes", "must be positive")
        try require(
            tickInterval >= .milliseconds(1), "tickInterval", "must be at least 1 ms")
    }
}
