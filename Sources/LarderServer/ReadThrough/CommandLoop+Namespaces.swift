import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// Commands other than GET where some namespace has an origin.
extension CommandLoop {
    /// Runs a command when the values that it needs are in memory; until then the connection waits.
    @inline(never)
    mutating func runWithOrigins(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        guard connection.database == 0, let reads else {
            return runHot(command, call, on: &connection, into: &output)
        }
        guard !isInTransaction else {
            // EXEC has loaded what is needed, and holds the locks.
            runHot(command, call, on: &connection, into: &output)
            return dropInvalidated(command, call)
        }
        guard command != .exec else { return exec(&connection, &output) }
        // A write that its origin has got ends as it began, whatever the namespaces are by now.
        let hasAsked = connection.wait?.hasAskedWrite == true
        let places = command.keyPlaces(call)
        let isSpecial = places.contains { reads.plan(for: call[$0])?.isSpecial == true }
        guard isSpecial || hasAsked else {
            leaveLane(connection)
            return runHot(command, call, on: &connection, into: &output)
        }
        switch hasAsked ? .origin : writeRoute(of: command, call) {
        case .memory: leaveLane(connection)
        case .origin: return writeThrough(command, call, &connection, &output)
        case .refused(let why): return output.appendErrorText("ERR \(why)")
        }
        runLocked(command, call, on: &connection, into: &output)
    }

    /// A command that has waited for its turn to write an origin does not write it any more.
    func leaveLane(_ connection: ClientConnection) {
        if let wait = connection.wait, wait.write != nil { reads?.endWrite(of: wait) }
    }

    /// Locks the keys from the look at them to the end of the command, so that what was there for
    /// it cannot go before it has run.
    private mutating func runLocked(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        var shards = ShardSet()
        for place in command.keyPlaces(call) {
            store.insertShard(of: store.hash(call[place]), into: &shards)
        }
        var missing = Missing()
        // A source is told and asked only while no shard is locked: it asks the store under its own
        // lock.
        let writes = announceWrites(of: command, call, connection, &missing)
        let start = output.count
        guard missing.isNothing else {
            return load(missing, for: command, start, &connection, &output)
        }
        store.withTransaction(shards) {
            if command.originUse == .getsMany {
                missing = answerMany(call, connection, &output)
            } else {
                for place in command.loadedPlaces(call) {
                    look(for: call[place], connection.wait, &missing)
                }
                guard missing.isNothing else { return }
                runHot(command, call, on: &connection, into: &output)
                dropInvalidated(command, call)
            }
        }
        writes.end()
        for due in missing.due { refresh(due) }
        guard !missing.isNothing, !output.isOverflowed else { return }
        load(missing, for: command, start, &connection, &output)
    }

    /// Tells the sources which keys a command is about to change, unless something is missing for
    /// it: that may be in a level which would drop it.
    private func announceWrites(
        of command: Command, _ call: borrowing Call, _ connection: ClientConnection,
        _ missing: inout Missing
    ) -> AnnouncedWrites {
        var writes = AnnouncedWrites()
        guard command.changesValues else { return writes }
        for place in command.loadedPlaces(call) {
            look(for: call[place], connection.wait, &missing)
        }
        if missing.isNothing { announceWrites(of: command, call, in: &writes) }
        return writes
    }

    /// Lets a command wait for what is missing, without a reply.
    private mutating func load(
        _ missing: Missing, for command: Command, _ start: Int,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        output.truncate(to: start)
        if let failure = missing.failure ?? want(missing.keys, &connection) {
            output.append(failure)
        } else {
            counters.uncountCall(Int(command.rawValue))
        }
    }

    /// Adds `key` to what is missing if it has to be loaded.
    func look(for key: RawSpan, _ wait: ConnectionWait?, _ missing: inout Missing) {
        guard let plan = reads?.plan(for: key), plan.source != nil else { return }
        let hash = store.hash(key)
        switch store.standing(of: key, hash, database: 0, at: now) {
        case .fresh, .negative: return
        case .stale, .absent: break
        }
        let name = Key(key.bytes)
        switch wait?.outcome(of: name) {
        case .absent?: return
        case .failed(let failure)?: missing.note(failure)
        // It was loaded, and is gone again.
        case .value?, .renewed?, nil: missing.keys.append(Wanted(name, hash, plan))
        }
    }

    /// What the commands of a transaction need, up to the first that goes to another database.
    func look(for transaction: Transaction, _ connection: ClientConnection) -> Missing {
        var missing = Missing()
        guard reads != nil, connection.database == 0 else { return missing }
        var place = transaction.queue.first
        var isOver = false
        for _ in 0..<transaction.queue.count where !isOver {
            transaction.queue.withRequest(at: &place) { command, bytes, lengths, count in
                _ = queuedArguments.refill(bytes, lengthsAt: lengths, count: count)
                let call = queuedArguments.call(in: bytes)
                isOver = command == .select
                for place in command.loadedPlaces(call) {
                    look(for: call[place], connection.wait, &missing)
                }
            }
        }
        return missing
    }

    /// Drops the keys that were written and are not to stay.
    private func dropInvalidated(_ command: Command, _ call: borrowing Call) {
        guard command.changesValues, let reads else { return }
        for place in command.writtenPlaces(call) {
            if reads.plan(for: call[place])?.dropsWrites == true { drop(call[place]) }
        }
    }

    /// Drops the entry of a key of database 0.
    func drop(_ key: RawSpan) {
        store.withKey(key, store.hash(key), database: 0, at: now) { $0.remove() }
    }

    /// MGET: as GET for each key, but with one wait for all, and none of them without the others.
    private mutating func answerMany(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) -> Missing {
        var missing = Missing()
        output.appendArrayHeader(call.count - 1)
        for index in 1..<call.count { answer(call[index], connection, &missing, &output) }
        return missing
    }

    private mutating func answer(
        _ key: RawSpan, _ connection: ClientConnection, _ missing: inout Missing,
        _ output: inout OutputBuffer
    ) {
        let hash = store.hash(key)
        if serve(key, hash, by: readers?.stale, &output) {
            return noteIfDue(key, hash, &missing)
        }
        guard readers?.stale.last?.isFresh != true, let plan = reads?.plan(for: key),
            plan.source != nil
        else {
            return output.appendNull(connection.version)
        }
        let name = Key(key.bytes)
        switch connection.wait?.outcome(of: name) {
        case .value(let loaded, _)?: unsafe output.appendBulk(loaded.value.span.bytes)
        case .absent?: output.appendNull(connection.version)
        case .failed(let failure)?:
            if !serve(key, hash, by: readers?.onError, &output) { missing.note(failure) }
        case .renewed? where serve(key, hash, by: readers?.renewed, &output): return
        case .renewed?, nil: missing.keys.append(Wanted(name, hash, plan))
        }
    }

    /// Notes that the entry that was served last is to be loaded again, its time being nearly over.
    mutating func noteIfDue(_ key: RawSpan, _ hash: UInt64, _ missing: inout Missing) {
        guard let read = readers?.stale.last, let plan = reads?.plan(number: read.namespace),
            let due = refreshDue(read, key, hash, plan)
        else { return }
        missing.due.append(due)
    }
}
