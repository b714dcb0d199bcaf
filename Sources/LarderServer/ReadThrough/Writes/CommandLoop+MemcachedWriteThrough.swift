import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// memcached's writes that the origin takes first.
extension CommandLoop {
    /// As for RESP. The scratch store counts versions on from memory's, so what compares them and
    /// what shows them means the entries that memory has, and will have.
    @inline(never)
    mutating func writeThrough(
        _ command: MemcachedCommand, _ call: borrowing Call,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        guard !command.mayStoreStale(call) else {
            return output.append(
                "SERVER_ERROR no stale values for keys whose writes go to an origin\r\n")
        }
        var keys: [Key] = []
        forEachKey(of: command, call) { keys.append(Key($0.bytes)) }
        switch lane(for: keys, &connection) {
        case .held(let lane): write(command, call, keys, lane, &connection, &output)
        case .waits: uncountCommand()
        case .full: output.append("SERVER_ERROR too many writes wait for their origins\r\n")
        case .failed(let failure): output.appendServerError(failure)
        case .done(let reply): reply?.move(into: &output)
        }
    }

    private mutating func write(
        _ command: MemcachedCommand, _ call: borrowing Call, _ keys: [Key],
        _ lane: OriginWrites.LaneID, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        var missing = Missing()
        let isVersioned = command.usesVersion(call)
        let rehearsal = rehearse(keys, isVersioned: isVersioned, &missing) { loop, missing in
            guard command.needsValue(call) else { return }
            loop.forEachKey(of: command, call) { key in
                loop.look(for: key, connection.wait, &missing)
            }
        }
        guard let rehearsal else {
            if let failure = missing.failure ?? want(missing.keys, &connection) {
                leave(lane, connection)
                return output.appendServerError(failure)
            }
            return uncountCommand()
        }
        let reply = KeptReply()
        runPlain(command, call, on: &connection, into: &reply.output)
        // What memory has not, the origin may have, unless that was found out.
        let isDeletion = command.verb == .delete || command.verb == .metaDelete
        let writes = end(rehearsal, isDeletion: isDeletion && !command.needsValue(call))
        guard !writes.isEmpty else {
            leave(lane, connection)
            return reply.move(into: &output)
        }
        ask(writes, keys, lane, reply, &connection)
        uncountCommand()
    }

    /// The command at hand was counted, and is run again.
    func uncountCommand() {
        counters.memcachedCalls.add(MemcachedCounter.commands.rawValue, .max)
    }
}

extension MemcachedCommand {
    fileprivate func usesVersion(_ call: borrowing Call) -> Bool {
        if verb == .cas { return true }
        guard [.metaSet, .metaDelete, .metaArithmetic].contains(verb),
            let flags = metaFlags(call)
        else { return false }
        return flags.has("C") || flags.has("c")
    }

    /// Whether it stores a value that it knows to be older than what there is.
    fileprivate func mayStoreStale(_ call: borrowing Call) -> Bool {
        guard verb == .metaSet, let flags = metaFlags(call) else { return false }
        return flags.has("I") && flags.version != nil
    }
}
