import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// Changes neither the loop nor the connection, and says so of neither: what is not `mutating`
    /// or `inout` is copied by the compiler as a whole, on every GET.
    mutating func get(
        _ call: borrowing Call, _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        let key = call[1]
        let hash = store.hash(key)
        guard connection.database == 0 else { return reply(to: key, hash, connection, &output) }
        let outcome = store.read(key, hash, database: 0, at: now, by: staleReader) { value, _ in
            output.appendBulk(value)
        }
        if case .hit = outcome { return }
        finish(outcome, of: key, hash, &connection, &output)
    }

    /// The value of `key` as a bulk string, or null.
    @inline(__always)
    private func reply(
        to key: RawSpan, _ hash: UInt64, _ connection: ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let outcome = store.read(key, hash, database: connection.database, at: now) { value, _ in
            output.appendBulk(value)
        }
        finish(outcome, connection.version, &output)
    }

    /// What a read outside of the lock has still to write.
    @inline(__always)
    func finish(
        _ outcome: ReadOutcome, _ version: RESPVersion, _ output: inout OutputBuffer
    ) {
        switch outcome {
        case .hit: return
        case .miss, .loaded: output.appendNull(version)
        case .large(let value, _): output.appendLargeBulk(value)
        }
    }

    mutating func mget(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        output.appendArrayHeader(call.count - 1)
        guard call.count > 2 else {
            return reply(to: call[1], store.hash(call[1]), connection, &output)
        }
        let set = hashKeys(of: call, from: 1, step: 1)
        fetchKeys(of: call, from: 1)
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 1..<call.count {
                let outcome = keys.read(call[index], hashes[index - 1]) { value, _ in
                    output.appendBulk(value)
                }
                finish(outcome, connection.version, &output)
            }
        }
    }

    /// Hashes every `step`th argument, and collects their shards.
    mutating func hashKeys(of call: borrowing Call, from first: Int, step: Int) -> ShardSet {
        hashes.removeAll(keepingCapacity: true)
        var set = ShardSet()
        for index in stride(from: first, to: call.count, by: step) {
            let hash = store.hash(call[index])
            hashes.append(hash)
            store.insertShard(of: hash, into: &set)
        }
        return set
    }

    func setnx(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var outcome: PutOutcome?
        withKey(call[1], connection) { access in
            if !access.exists { outcome = put(2, of: call, in: &access) }
        }
        guard let outcome else { return output.appendInteger(0) }
        output.append(outcome) { $0.appendInteger(1) }
    }

    func setex(
        _ call: borrowing Call, _ connection: ClientConnection, _ unit: TimeUnit,
        _ output: inout OutputBuffer
    ) {
        let name: StaticString = unit == .seconds ? "setex" : "psetex"
        guard let expiry = expiry(of: call[2], unit, isAbsolute: false, name, &output) else {
            return
        }
        var outcome = PutOutcome.stored
        withKey(call[1], connection) { access in
            outcome = put(3, of: call, in: &access, expiry: expiry)
        }
        output.append(outcome) { $0.appendSimple("OK") }
    }

    func getset(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var outcome = PutOutcome.stored
        let start = output.count
        withKey(call[1], connection) { access in
            access.countRead()
            output.appendValue(of: access, connection.version)
            outcome = put(2, of: call, in: &access)
        }
        output.replace(from: start, ifFailed: outcome)
    }

    func getdel(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        withKey(call[1], connection) { access in
            access.countRead()
            output.appendValue(of: access, connection.version)
            access.remove()
        }
    }

    func strlen(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var length = 0
        withKey(call[1], connection) { access in
            access.countRead()
            length = access.valueLength
        }
        output.appendInteger(Int64(length))
    }

    mutating func append(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let piece = call[2]
        var start = 0
        let outcome = edit(call[1], connection) { access in
            start = access.valueLength
            // Redis makes an empty value of nothing, and leaves one that is there alone.
            return start + piece.byteCount
        } _: { bytes in
            bytes.write(piece, at: start)
            return true
        }
        output.append(outcome) { $0.appendInteger(Int64(start + piece.byteCount)) }
    }

    /// The entry of one key, under its lock.
    @inline(__always)
    func withKey(
        _ key: RawSpan, _ connection: ClientConnection, _ body: (inout KeyAccess) -> Void
    ) {
        store.withKey(key, store.hash(key), database: connection.database, at: now, body)
    }
}

extension OutputBuffer {
    /// A bulk string that is sent from where it lies.
    mutating func appendLargeBulk(_ value: LargeValue) {
        appendBulkHeader(value.byteCount)
        append(shared: value)
        appendLineEnd()
    }

    /// The value as a bulk string, or null.
    mutating func appendValue(of access: borrowing KeyAccess, _ version: RESPVersion) {
        if let large = access.largeValue {
            appendLargeBulk(large)
        } else if access.exists {
            appendBulk(access.value)
        } else {
            appendNull(version)
        }
    }

    /// What `success` writes, or why the write failed.
    mutating func append(_ outcome: PutOutcome, _ success: (inout OutputBuffer) -> Void) {
        switch outcome {
        case .stored: success(&self)
        case .outOfMemory: appendOutOfMemory()
        case .tooLarge: appendTooLarge()
        }
    }

    /// Puts the failure in the place of a reply that was written too soon. Not when something was
    /// left out, perhaps of a reply before it: then the connection is closed.
    mutating func replace(from start: Int, ifFailed outcome: PutOutcome) {
        guard outcome != .stored, !isOverflowed else { return }
        truncate(to: start)
        append(outcome) { _ in }
    }

    mutating func appendTooLarge() {
        append("-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n")
    }
}
