import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

// While CLIENT PAUSE lasts. What would be refused anyway is answered at once, as in redis.
extension CommandLoop {
    /// Whether a request has to wait. If so, the connection is resumed when the pause is over.
    @inline(never)
    func postpones(_ call: borrowing Call, _ connection: ClientConnection) -> Bool {
        guard shared.pause.kind(at: tick) != nil,
            let command = CommandTable.shared.command(call[0]),
            isWhole(call, command),
            refusal(of: command, call, connection) == nil
        else { return false }
        var writes = CommandCatalog.shared.traits(of: command).writes
        if command == .exec { writes = connection.transaction != nil && connection.queuesWrites }
        let waits = shared.pause.postpones(connection.client, writes: writes, at: tick)
        if waits { noteUnrun(command, call, connection) }
        return waits
    }

    /// The same for the rest of a large value.
    @inline(never)
    func postpones(_ ingest: Ingest, _ connection: ClientConnection) -> Bool {
        shared.pause.postpones(connection.client, writes: true, at: tick)
    }

    /// The same for a memcached command.
    @inline(never)
    func postpones(_ command: MemcachedCommand, _ connection: ClientConnection) -> Bool {
        guard connection.isAuthenticated else { return false }
        let writes: Bool
        switch command.verb {
        case .get, .gets, .metaGet, .metaDebug, .metaNoOperation, .stats, .version, .verbosity,
            .quit, .unknown:
            writes = false
        default: writes = true
        }
        return shared.pause.postpones(connection.client, writes: writes, at: tick)
    }
}
