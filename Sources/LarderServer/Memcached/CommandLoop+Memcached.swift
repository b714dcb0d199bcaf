import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

extension CommandLoop {
    /// Runs all whole memcached commands in `bytes`.
    mutating func serveMemcached(
        _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer, at tick: Tick
    ) -> Received {
        beginBatch(of: connection.client, at: tick)
        if connection.isWatcher || !connection.isGreeted,
            let received = serveUncommon(bytes, on: &connection, &output)
        {
            return received
        }
        var position = 0
        if let ingest = connection.ingest {
            if isPaused, postpones(ingest, connection) {
                return Received(consumed: 0, next: .postpone)
            }
            position = resumeWrite(ingest, bytes, &output)
            if events.isActive { tellEvents(of: ingest.command, on: &connection, &output) }
            guard ingest.isFed else { return Received(consumed: position) }
            connection.ingest = nil
        }
        while position < bytes.byteCount {
            if connection.isAuthenticated, !isPaused, !connection.lines.isInsideCommand,
                bytes.byteCount - position >= Self.aheadBytesMin,
                case let end = runCommandsAhead(
                    bytes, from: position, on: &connection, into: &output),
                end > position || connection.isWaiting
            {
                position = end
            } else if let received = serveNextCommand(bytes, &position, on: &connection, &output) {
                return received
            }
            if let received = pause(at: position, of: bytes, connection, output) {
                return received
            }
        }
        return Received(consumed: position)
    }

    @inline(__always)
    private mutating func beginBatch(of client: Client, at tick: Tick) {
        self.tick = tick
        now = Moment(tick)
        client.lastActive.store(tick.nanoseconds, ordering: .relaxed)
        isPaused = shared.pause.isOn
        followNamespaces()
        descriptor = client.descriptor
    }

    /// Serves a watcher, or looks at the first bytes of a connection.
    ///
    /// - Returns: `nil` when they are commands.
    @inline(never)
    private func serveUncommon(
        _ bytes: RawSpan, on connection: inout ClientConnection, _ output: inout OutputBuffer
    ) -> Received? {
        if connection.isWatcher { return serveWatcher(bytes, on: connection, &output) }
        connection.isGreeted = true
        return isBinary(bytes) ? refuseBinary(connection) : nil
    }

    /// Runs the command at `position`, and moves that behind it; or says what is missing of it.
    // Never inlined: the optimiser of Swift 6.3.1 aborts when it is.
    @inline(never)
    private mutating func serveNextCommand(
        _ bytes: RawSpan, _ position: inout Int, on connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) -> Received? {
        let limits = connection.isAuthenticated ? lineLimits : .unauthenticated
        let step = arguments.parse(&connection.lines, bytes, from: position, limits: limits)
        switch step {
        case .command(let command, let end) where command.verb.holdsConnection:
            if let received = serveLong(command, bytes, position, on: &connection, &output) {
                return received
            }
            position = end
        case .command(let command, let end):
            if isPaused, postpones(command, connection) {
                return Received(consumed: position, next: .postpone)
            }
            serve(command, arguments.call(in: bytes), on: &connection, &output)
            if connection.isWaiting { startLoads(&connection) } else { position = end }
        case .failure(let failure, let command, let end):
            refuse(failure, command, arguments.call(in: bytes), connection, &output)
            position = end
        case .skipped(let end):
            position = end
        case .needMore(let atLeast):
            return wait(for: atLeast, from: position, of: bytes)
        case .largeValue(let command, let offset):
            let call = arguments.call(in: bytes)
            connection.ingest = makeIngest(command, call)
            connection.ingest?.isRefused = isDenied(command, call, connection)
            if let ingest = connection.ingest {
                let rest = bytes.extracting(offset..<bytes.byteCount)
                return Received(consumed: offset + ingest.feed(rest))
            }
            let needed = offset + command.byteCount + 2 - position
            return wait(for: needed, from: position, of: bytes)
        case .close:
            return Received(consumed: bytes.byteCount, next: .closeAfterFlush)
        }
        return nil
    }

    /// Counts and runs one command.
    mutating func serve(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        count(.commands)
        run(command, call, on: &connection, into: &output)
        if events.isActive { tellEvents(of: command, on: &connection, &output) }
    }

    /// Runs a command, if the client may. Those that make up most traffic come first.
    private mutating func run(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        guard connection.gate.isEmpty || admits(command, call, &connection, &output) else { return }
        if reads != nil, command.verb.concernsOrigins {
            runWithOrigins(command, call, on: &connection, into: &output)
        } else {
            runPlain(command, call, on: &connection, into: &output)
        }
    }

    @inline(__always)
    mutating func runPlain(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        switch command.verb {
        case .get: get(call, &output)
        case .gets: gets(call, &output)
        case .set: set(command, call, &output)
        case .add, .replace, .append, .prepend, .cas: write(command, call, &output)
        case .gat, .gats: getAndTouch(command, call, &output)
        case .touch: touch(command, call, &output)
        case .delete: delete(command, call, &output)
        case .increment, .decrement: add(command, call, &output)
        case .metaGet: metaGet(call, &output)
        case .metaSet: metaSet(call, &output)
        case .metaDelete: metaDelete(call, &output)
        case .metaArithmetic: metaArithmetic(call, &output)
        case .metaNoOperation: output.append(.metaNoOperation)
        case .metaDebug: metaDebug(call, &output)
        case .flushAll: flushAll(command, &output)
        case .stats: stats(call, connection, &output)
        case .version: output.append("VERSION 1.6.18\r\n")
        default: operate(command, call, on: &connection, &output)
        }
    }

    /// Answers what the parser refused.
    private func refuse(
        _ failure: MemcachedFailure, _ command: MemcachedCommand, _ call: borrowing Call,
        _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        count(.commands)
        guard connection.isAuthenticated else { return output.appendUnauthenticated() }
        if command.verb == .metaSet, failure == .badDataChunk || failure == .valueTooLarge {
            if let refusal = MetaFlags.refusalOfSet(call) { return output.appendRefusal(refusal) }
        }
        if failure == .valueTooLarge {
            count(.tooLarge)
            // What is there now is no longer what the client believes.
            if command.verb == .set { remove(call[0]) }
            if command.verb == .metaSet { removeByFlags(call) }
        }
        if failure == .badFormat, command.verb == .gat || command.verb == .gats {
            // memcached has touched the keys in front of the one that is too long.
            let start = output.count
            getAndTouch(command, call, &output)
            if !output.isOverflowed { output.truncate(to: start) }
        }
        if !command.isQuiet { failure.append(to: &output) }
    }

    func remove(_ key: RawSpan) {
        store.withKey(key, store.hash(key), database: 0, at: now) { access in
            access.remove()
        }
    }

    private func flushAll(_ command: MemcachedCommand, _ output: inout OutputBuffer) {
        count(.flushes)
        let due = MemcachedExpiry.moment(max(0, command.expiry), now: now)
        if let due, due != .never {
            shared.memcached.flush(at: due)
        } else {
            shared.memcached.flushNow(store)
        }
        if !command.isQuiet { output.append(.ok) }
    }
}

extension OutputBuffer {
    /// Appends an error and its line end.
    mutating func appendRefusal(_ text: StaticString) {
        append(text)
        appendLineEnd()
    }
}
