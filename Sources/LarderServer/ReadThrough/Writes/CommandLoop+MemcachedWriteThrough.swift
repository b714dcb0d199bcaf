import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// memcached's writes that the origin takes first.
extension CommandLoop {
    /// As for RESP. Versions are the scratch store's there, so what shows or compares them is
    /// refused.
    @inline(never)
    mutating func writeThrough(
        _ command: MemcachedCommand, _ call: borrowing Call,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        guard !command.usesVersion(call) else {
            return output.append("SERVER_ERROR no cas for keys whose writes go to an origin\r\n")
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
        if command.needsValue(call) {
            forEachKey(of: command, call) { look(for: $0, connection.wait, &missing) }
        }
        if !missing.isNothing {
            if let failure = missing.failure ?? want(missing.keys, &connection) {
                leave(lane, connection)
                return output.appendServerError(failure)
            }
            return uncountCommand()
        }
        let reply = KeptReply()
        let rehearsal = beginRehearsal(keys)
        runPlain(command, call, on: &connection, into: &reply.output)
        let isDeletion = command.verb == .delete || command.verb == .metaDelete
        let writes = end(rehearsal, isDeletion: isDeletion)
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
}
