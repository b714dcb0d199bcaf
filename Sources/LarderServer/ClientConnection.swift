import LarderMemory
import LarderRuntime
import LarderWire

/// What the server keeps of one connection, in the loop's table.
struct ClientConnection {
    /// The listener that a client came through decides which protocol it speaks.
    enum Dialect: Int {
        case resp, memcached
    }

    let dialect: Dialect
    var requests = RequestParser()
    var lines = MemcachedParser()
    var version = RESPVersion.v2
    /// Database of the next command.
    var database = 0
    var isAuthenticated: Bool
    /// Has subscribed in RESP2: few commands are allowed.
    var isRestricted = false
    /// Too much waits for the loops of those who receive what this client causes: it is read again
    /// when that has been sent.
    var isHeld = false
    /// Close when the replies so far are sent.
    var isClosing = false
    /// What was queued since MULTI.
    var transaction: Transaction?
    /// The request whose large values are arriving.
    var ingest: Ingest?
    /// What it has subscribed to; `nil` for nothing.
    var subscriptions: Subscriptions?
    /// What other loops may ask about.
    let client: Client
}
