import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// MULTI.
    mutating func multi(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard connection.transaction == nil else {
            return output.appendError("ERR MULTI calls can not be nested")
        }
        connection.transaction = spareTransactions.popLast() ?? Transaction()
        output.appendSimple("OK")
    }

    /// DISCARD.
    mutating func discard(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard connection.transaction != nil else {
            return output.appendError("ERR DISCARD without MULTI")
        }
        endTransaction(of: &connection)
        output.appendSimple("OK")
    }

    /// Forgets what was queued and what is watched.
    mutating func endTransaction(of connection: inout ClientConnection) {
        if let watch = connection.watch, !watch.isEmpty { store.endWatch(watch) }
        guard let transaction = connection.transaction else { return }
        connection.transaction = nil
        recycle(transaction)
    }

    private mutating func recycle(_ transaction: Transaction) {
        guard spareTransactions.count < Self.spareTransactionMax else { return }
        transaction.reset()
        spareTransactions.append(transaction)
    }

    /// EXEC: runs what was queued with the shards of all its keys locked, so that nobody sees a
    /// state in between, nor changes what is watched. Whoever is to be told of it is told then.
    mutating func exec(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        guard let transaction = connection.transaction else {
            return output.appendError("ERR EXEC without MULTI")
        }
        connection.transaction = nil
        defer {
            if !connection.isWaiting {
                recycle(transaction)
                endTransaction(of: &connection)
            }
        }
        guard !transaction.isAborted else {
            return output.appendError(
                "EXECABORT Transaction discarded because of previous errors.")
        }
        var shards = transaction.needsAll ? store.allShards : transaction.shards
        let watch = connection.watch
        let version = connection.version
        if let watch {
            guard !store.isBroken(watch, at: now) else { return output.appendNullArray(version) }
            shards.formUnion(watch.shards)
        }
        let writes = announceWrites(of: transaction, connection)
        (isInTransaction, tellings.isCollecting) = (true, true)
        let missing = runLocked(transaction, shards, on: &connection, into: &output)
        writes.end()
        tellings.isCollecting = false
        if !tellings.isEmpty || connection.version != version {
            tellCollected(of: transaction, from: version, on: &connection, into: &output)
        }
        isInTransaction = false
        if !missing.isNothing { load(missing, for: transaction, &connection, &output) }
    }

    /// Runs what was queued, if nothing that is watched has changed.
    ///
    /// - Returns: What has to be loaded before; then nothing was run.
    private mutating func runLocked(
        _ transaction: Transaction, _ shards: ShardSet, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) -> Missing {
        var missing = Missing()
        let watch = connection.watch
        store.withTransaction(shards) {
            // Nobody breaks a watch from here on. An expiry tells no watch, and a loop that came
            // later may have removed what `now`, from before the locks, still finds alive.
            if let watch, !watch.isEmpty,
                store.isBroken(watch, at: Moment(MonotonicClock.now()))
            {
                return output.appendNullArray(connection.version)
            }
            missing = look(for: transaction, connection)
            guard missing.isNothing else { return }
            if let watch, !watch.isEmpty { store.endWatch(watch) }
            runQueued(transaction, on: &connection, into: &output)
        }
        return missing
    }

    /// Lets EXEC wait for what its commands need.
    private mutating func load(
        _ missing: Missing, for transaction: Transaction, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        if let failure = missing.failure ?? want(missing.keys, &connection) {
            return output.append(failure)
        }
        connection.transaction = transaction
        counters.uncountCall(Int(Command.exec.rawValue))
    }

    /// Refuses what would have to wait for an origin within the transaction.
    private func refusesToQueue(
        _ command: Command, _ call: borrowing Call, _ transaction: Transaction,
        _ output: inout OutputBuffer
    ) -> Bool {
        guard table.traits[Int(command.rawValue)].accepts(argumentCount: call.count) else {
            return false
        }
        if case .memory = writeRoute(of: command, call) { return false }
        transaction.abort()
        output.appendError("ERR a key whose writes go to its origin is not written inside MULTI")
        return true
    }

    private mutating func runQueued(
        _ transaction: Transaction, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        output.appendArrayHeader(transaction.queue.count)
        var place = transaction.queue.first
        for _ in 0..<transaction.queue.count {
            tellings.request = place
            transaction.queue.withRequest(at: &place) { command, bytes, lengths, count in
                _ = queuedArguments.refill(bytes, lengthsAt: lengths, count: count)
                let call = queuedArguments.call(in: bytes)
                // Who the client is may change from one to the next.
                if let denied = denialNow(of: command, call, connection) {
                    return refuseQueued(command, call, denied, connection, &output)
                }
                guard !command.isAboutMessages else {
                    return tellings.add(.command, of: connection, at: output.count)
                }
                let traits = table.traits[Int(command.rawValue)]
                perform(command, traits, call, on: &connection, into: &output)
            }
        }
    }

    /// What becomes of an EXEC that is refused before it runs. As in redis, MONITOR shows it.
    mutating func abortTransaction(
        of connection: inout ClientConnection, _ call: borrowing Call, because reason: String,
        _ output: inout OutputBuffer
    ) {
        endTransaction(of: &connection)
        if timing.isWatched {
            shared.monitors.feed(.exec, call, connection.client, connection.database)
        }
        output.appendErrorText("EXECABORT Transaction discarded because of: \(reason)")
    }

    /// Queues a command between MULTI and EXEC.
    func queue(
        _ command: Command, _ call: borrowing Call, _ transaction: Transaction,
        _ output: inout OutputBuffer
    ) {
        guard !command.isRefusedInTransaction else {
            reject(Int(command.rawValue), "ERR")
            transaction.abort()
            return output.appendError("ERR Command not allowed inside a transaction")
        }
        // What will not run is not kept.
        guard !transaction.isAborted else { return output.appendSimple("QUEUED") }
        if reads != nil, refusesToQueue(command, call, transaction, &output) { return }
        let byteCount = RequestQueue.byteCount(of: call)
        let isTaken = transaction.heldBytes + byteCount <= shared.transactionBytesMax
        // A request in the queue tells its length in 32 bits.
        guard isTaken, byteCount <= Int(UInt32.max) else {
            transaction.abort()
            return output.appendErrorText(
                "ERR the transaction takes more than \(shared.transactionBytesMax) bytes, "
                    + "half of clients.memory")
        }
        transaction.append(command, call, byteCount: byteCount, store)
        output.appendSimple("QUEUED")
    }
}

extension Command {
    /// What MULTI does not queue.
    var isTransactional: Bool {
        switch self {
        case .multi, .exec, .discard, .watch, .quit, .reset: true
        default: false
        }
    }

    /// Redis's `no_multi`.
    var isRefusedInTransaction: Bool { self == .save || self == .shutdown }
}
