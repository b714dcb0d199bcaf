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
    var isAuthenticated: Bool { !gate.contains(.unauthenticated) }
    /// Who it speaks for.
    var user: User
    /// Why its commands need a look before they run.
    var gate = Gate()
    /// Has subscribed in RESP2: few commands are allowed.
    var isRestricted = false
    /// Too much waits for the loops of those who receive what this client causes: it is read again
    /// when that has been sent.
    var isHeld = false
    /// Close when the replies so far are sent.
    var isClosing = false
    /// Whether its first bytes were looked at: what begins with 0x80 is memcached's old protocol.
    var isGreeted = false
    /// Whether it only hears what others do: `watch`.
    var isWatcher = false
    /// How far it has been told of all entries: `lru_crawler metadump`.
    var dumpCursor: UInt64?
    /// What was queued since MULTI.
    var transaction: Transaction? {
        didSet { client.note(transaction) }
    }
    /// Whether a command that writes is among them.
    var queuesWrites = false
    /// What is watched until EXEC; kept for the next WATCH.
    var watch: KeyWatch?
    /// The request whose large values are arriving.
    var ingest: Ingest?
    /// What its next command waits for, or has waited for.
    var wait: ConnectionWait?
    /// Whether its next command has to be run again when all that it waits for has come.
    var isWaiting = false
    /// Leases that it was given.
    var leases: HeldLeases?
    /// What it has subscribed to; `nil` for nothing.
    var subscriptions: Subscriptions?
    /// What other loops may ask about.
    let client: Client

    /// Bytes that the server keeps for the client beside its unfinished request and its output.
    var heldBytes: Int {
        var bytes = 0
        if let transaction { bytes += transaction.heldBytes }
        if let watch { bytes += watch.heldBytes }
        if let ingest { bytes += ingest.prefix.capacity }
        if let leases { bytes += leases.heldBytes }
        if let subscriptions { bytes += subscriptions.heldBytes }
        return bytes
    }
}
