import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// memcached's commands where some namespace has an origin.
extension CommandLoop {
    /// Runs a command when the values that it needs are in memory; until then the connection waits.
    @inline(never)
    mutating func runWithOrigins(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        var shards = ShardSet()
        var isMeant = false
        forEachKey(of: command, call) { key in
            store.insertShard(of: store.hash(key), into: &shards)
            if reads?.plan(for: key)?.isSpecial == true { isMeant = true }
        }
        let hasAsked = connection.wait?.hasAskedWrite == true
        if hasAsked || isMeant && !command.verb.isPlainRead && writesOrigin(command, call) {
            return writeThrough(command, call, &connection, &output)
        }
        leaveLane(connection)
        guard isMeant else { return runPlain(command, call, on: &connection, into: &output) }
        runLocked(command, call, shards, on: &connection, into: &output)
    }

    private mutating func runLocked(
        _ command: MemcachedCommand, _ call: borrowing Call, _ shards: ShardSet,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        var missing = Missing()
        let writes = announceWrites(of: command, call, connection, &missing)
        let start = output.count
        guard missing.isNothing else { return load(missing, start, &connection, &output) }
        store.withTransaction(shards) {
            if command.verb == .get, wantedKinds.isEmpty {
                missing = answerMany(call, connection.wait, &output)
                return
            }
            if command.needsValue(call) {
                forEachKey(of: command, call) { look(for: $0, connection.wait, &missing) }
            }
            guard missing.isNothing else { return }
            runPlain(command, call, on: &connection, into: &output)
            guard !command.verb.isPlainRead else { return }
            forEachKey(of: command, call) { key in
                if reads?.plan(for: key)?.dropsWrites == true { drop(key) }
            }
        }
        writes.end()
        for due in missing.due { refresh(due) }
        guard !missing.isNothing, !output.isOverflowed else { return }
        load(missing, start, &connection, &output)
    }

    /// Tells the sources which keys a command is about to change, unless something is missing for
    /// it.
    private func announceWrites(
        of command: MemcachedCommand, _ call: borrowing Call, _ connection: ClientConnection,
        _ missing: inout Missing
    ) -> AnnouncedWrites {
        var writes = AnnouncedWrites()
        guard !command.verb.isPlainRead else { return writes }
        if command.needsValue(call) {
            forEachKey(of: command, call) { look(for: $0, connection.wait, &missing) }
        }
        guard missing.isNothing else { return writes }
        forEachKey(of: command, call) { announce($0, in: &writes) }
        return writes
    }

    /// Lets the command at hand wait for what is missing, without a reply.
    private mutating func load(
        _ missing: Missing, _ start: Int, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        output.truncate(to: start)
        if let failure = missing.failure ?? want(missing.keys, &connection) {
            output.appendServerError(failure)
        } else {
            uncountCommand()
        }
    }

    private func writesOrigin(_ command: MemcachedCommand, _ call: borrowing Call) -> Bool {
        var writes = false
        let isDeletion = command.verb == .delete || command.verb == .metaDelete
        // What is only marked as out of date is so here.
        if command.verb == .metaDelete, command.metaFlags(call)?.has("I") == true { return false }
        forEachKey(of: command, call) { key in
            guard let plan = reads?.plan(for: key), plan.writesOrigin else { return }
            if !isDeletion || plan.canDelete { writes = true }
        }
        return writes
    }

    func forEachKey(
        of command: MemcachedCommand, _ call: borrowing Call, _ body: (RawSpan) -> Void
    ) {
        guard call.count > 0 else { return }
        switch command.verb {
        case .get, .gets, .gat, .gats: for index in 0..<call.count { body(call[index]) }
        case .metaGet, .metaSet, .metaArithmetic, .metaDelete:
            guard let flags = command.metaFlags(call) else { return }
            flags.withKey(call[0], body)
        default: body(call[0])
        }
    }

    /// `get`: each key for itself, but none without the others when one has to be loaded.
    private mutating func answerMany(
        _ call: borrowing Call, _ wait: ConnectionWait?, _ output: inout OutputBuffer
    ) -> Missing {
        var missing = Missing()
        var hits = 0
        for index in 0..<call.count {
            if answer(call[index], wait, &missing, &output) { hits += 1 }
        }
        guard missing.isNothing else { return missing }
        for index in 0..<call.count { count(index < hits ? .getHits : .getMisses) }
        output.append(.end)
        return missing
    }

    /// Writes the value of `key`, if there is one.
    private mutating func answer(
        _ key: RawSpan, _ wait: ConnectionWait?, _ missing: inout Missing,
        _ output: inout OutputBuffer
    ) -> Bool {
        let hash = store.hash(key)
        if serveValue(key, hash, by: readers?.stale, &output) {
            noteIfDue(key, hash, &missing)
            return true
        }
        guard readers?.stale.last?.isFresh != true, let plan = reads?.plan(for: key),
            plan.source != nil
        else { return false }
        let name = Key(key.bytes)
        switch wait?.outcome(of: name) {
        case .value(let loaded, _)?:
            unsafe output.appendValue(key: key, flags: 0, value: loaded.value.span.bytes)
            return true
        case .absent?: return false
        case .failed(let failure)?:
            if serveValue(key, hash, by: readers?.onError, &output) { return true }
            missing.note(failure)
        case .renewed? where serveValue(key, hash, by: readers?.renewed, &output): return true
        case .renewed?, nil: missing.keys.append(Wanted(name, hash, plan))
        }
        return false
    }

    private func serveValue(
        _ key: RawSpan, _ hash: UInt64, by reader: LoadedReader?, _ output: inout OutputBuffer
    ) -> Bool {
        reader?.forget()
        let outcome = store.read(key, hash, database: 0, at: now, by: reader) { value, flags in
            output.appendValue(key: key, flags: flags, value: value)
        }
        switch outcome {
        case .hit: return true
        case .miss: return false
        case .large(let value, let flags): output.appendLarge(value, of: key, flags)
        case .loaded:
            guard let reader, reader.isGiven else { return false }
            if let large = reader.large {
                output.appendLarge(large, of: key, reader.last?.flags ?? 0)
                reader.release()
            }
        }
        return true
    }
}

extension OutputBuffer {
    fileprivate mutating func appendLarge(_ value: LargeValue, of key: RawSpan, _ flags: UInt32) {
        appendValueHeader(key: key, flags: flags, count: value.byteCount)
        append(shared: value)
        appendLineEnd()
    }
}

extension MemcachedVerb {
    /// Whether it has keys whose values may come from an origin.
    var concernsOrigins: Bool {
        switch self {
        case .metaGet, .metaSet, .metaArithmetic, .metaDelete: true
        default: rawValue <= Self.delete.rawValue
        }
    }

    /// Whether it changes no value.
    fileprivate var isPlainRead: Bool {
        switch self {
        case .get, .gets, .gat, .gats, .metaGet: true
        default: false
        }
    }
}

extension MemcachedCommand {
    /// The flags of a meta command; nil if they are wrong.
    func metaFlags(_ call: borrowing Call) -> MetaFlags? {
        let places = verb == .metaSet ? 2..<max(2, call.count - 1) : 1..<call.count
        return try? MetaFlags(call, places)
    }

    /// Whether what it does or answers depends on the value that there is.
    func needsValue(_ call: borrowing Call) -> Bool {
        switch verb {
        case .set, .delete: false
        case .metaDelete: metaFlags(call)?.version != nil
        case .metaSet: metaFlags(call)?.writeMode != .set
        default: true
        }
    }
}
