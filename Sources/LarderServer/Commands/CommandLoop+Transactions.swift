import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// MULTI.
    func multi(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard connection.transaction == nil else {
            return output.appendError("ERR MULTI calls can not be nested")
        }
        connection.transaction = Transaction()
        output.appendSimple("OK")
    }

    /// DISCARD.
    func discard(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard connection.transaction != nil else {
            return output.appendError("ERR DISCARD without MULTI")
        }
        connection.transaction = nil
        output.appendSimple("OK")
    }

    /// EXEC: runs what was queued with the shards of all its keys locked, so that nobody sees a
    /// state in between.
    mutating func exec(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard let transaction = connection.transaction else {
            return output.appendError("ERR EXEC without MULTI")
        }
        connection.transaction = nil
        guard !transaction.isAborted else {
            return output.appendError(
                "EXECABORT Transaction discarded because of previous errors.")
        }
        output.appendArrayHeader(transaction.count)
        let shards = transaction.needsAll ? store.allShards : transaction.shards
        isInTransaction = true
        store.withTransaction(shards) {
            runQueued(transaction.bytes, on: &connection, into: &output)
        }
        isInTransaction = false
    }

    /// What redis does with an EXEC that has arguments.
    func abortTransaction(
        of connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        connection.transaction = nil
        output.appendText(
            "-EXECABORT Transaction discarded because of: "
                + "wrong number of arguments for 'exec' command\r\n")
    }

    private mutating func runQueued(
        _ queued: [UInt8], on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        let list = ArgumentBox()
        var parser = RequestParser()
        var position = 0
        let bytes = unsafe queued.span.bytes
        while position < queued.count {
            let step = try? list.parse(&parser, bytes, from: position, limits: RequestLimits())
            guard case .request(let end)? = step else {
                preconditionFailure("What was queued is whole requests.")
            }
            run(list.call(in: bytes), on: &connection, into: &output)
            position = end
        }
    }

    /// Queues a command between MULTI and EXEC.
    func queue(
        _ command: Command, _ call: borrowing Call, _ transaction: Transaction,
        _ output: inout OutputBuffer
    ) {
        transaction.append(call, command.specification, store)
        output.appendSimple("QUEUED")
    }
}

extension Command {
    /// What MULTI does not queue.
    var isTransactional: Bool {
        switch self {
        case .multi, .exec, .discard, .quit, .reset: true
        default: false
        }
    }
}
