public import LarderCore

/// What the server does with bytes. One instance per loop, used on that loop's thread only.
///
/// A handler never waits and never calls a socket. To reach other connections or loops it posts
/// through its `LoopContext`.
public protocol ConnectionHandler: AnyObject, SendableMetatype {
    /// The server's own state of one connection: a class, or a struct that lies in the loop's
    /// table.
    associatedtype Connection

    /// A client has connected. Nil refuses it: what was written to `output` is sent, then it is
    /// closed.
    func opened(_ peer: Peer, into output: inout OutputBuffer) -> Connection?

    /// There are `bytes` that were not consumed before, followed by new ones.
    ///
    /// Replies are appended to `output`, which may already hold those of other connections. When
    /// `output.isFull`, stop between two requests and answer `.yield`.
    func received(
        _ bytes: RawSpan, on connection: inout Connection, into output: inout OutputBuffer,
        at now: Tick
    ) -> Received

    /// The connection is over; its socket is closed already.
    func closed(_ connection: Connection, reason: CloseReason)

    /// Housekeeping, every `tickInterval`. True when more of it waits: then it is called again
    /// after the events that are ready.
    func ticked(at now: Tick) -> Bool

    /// `LoopContext.requestDelivery` was called: a chance to send to any connections of this loop.
    func deliver(through broadcaster: Broadcaster)

    /// Whether the connection waits for messages: then it may be silent for as long as it likes,
    /// and its output is bounded by `RuntimeConfiguration.subscriberLimits`.
    func subscribes(_ connection: borrowing Connection) -> Bool

    /// What a client is told that exceeds the maximum of connections.
    func refusal(of peer: Peer) -> StaticString
}

extension ConnectionHandler {
    /// Nothing is sent that was not asked for.
    public func deliver(through broadcaster: Broadcaster) {}

    /// Nobody waits for messages.
    public func subscribes(_ connection: borrowing Connection) -> Bool { false }
}

/// What became of the bytes given to a handler.
public struct Received: Sendable, Hashable, BitwiseCopyable {
    /// What follows.
    public enum Next: Sendable, Hashable, BitwiseCopyable {
        /// Wait for more bytes. The rest, a partial request, is kept.
        case keepOpen
        /// As `keepOpen`, and the partial request will be so long in total.
        case needBytes(Int)
        /// There are whole requests left: send the output first, let others have their turn, then
        /// call again.
        case yield
        /// Neither read nor call again before `LoopContext.resume`.
        case pause
        /// The same for what may not be begun yet: a client that goes away meanwhile is let go at
        /// once, and so are all when the server ends.
        case postpone
        /// Send all output, then close. The rest is dropped.
        case closeAfterFlush
        /// Close without sending.
        case closeNow
    }

    /// Bytes that are done with, from the start.
    public var consumed: Int
    /// What follows.
    public var next: Next
    /// Bytes that the handler keeps for this connection beside the rest, for the clients' budget.
    public var heldBytes = 0

    /// `consumed` bytes are done with, then `next`.
    @inlinable public init(consumed: Int, next: Next = .keepOpen) {
        self.consumed = consumed
        self.next = next
    }
}

/// Why a connection ended.
public enum CloseReason: Int, Sendable, Hashable, CaseIterable {
    /// The client closed it, or its network did.
    case peer
    /// The handler said so.
    case handler
    /// Refused at `opened`, or above the maximum of connections.
    case refused
    /// Nothing was received for `idleTimeout`.
    case idle
    /// Nothing of its output was taken for `stallTimeout`.
    case stalled
    /// More pending output than `pendingHardLimit`, or a batch above `outputLimitBytes`.
    case outputLimit
    /// It held most when all clients exceeded `clientMemoryLimit`.
    case memoryBudget
    /// `LoopContext.close`.
    case killed
    /// The group stopped.
    case shutdown
    /// No TLS handshake came about. The handler never knew of the connection.
    case handshake
}
