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
    /// Close when the replies so far are sent.
    var isClosing = false
    /// Whether its first bytes were looked at: what begins with 0x80 is memcached's old protocol.
    var isGreeted = false
    /// Whether it only hears what others do: `watch`.
    var isWatcher = false
    /// How far it has been told of all entries: `lru_crawler metadump`.
    var dumpCursor: UInt64?
    /// What was queued since MULTI.
    var transaction: Transaction?
    /// The request whose large values are arriving.
    var ingest: Ingest?
    /// What other loops may ask about.
    let client: Client
}
