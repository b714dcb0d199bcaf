import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    mutating func delete(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var removed: Int64 = 0
        guard call.count > 2 else {
            withKey(call[1], connection) { access in
                if access.exists { removed += 1 }
                access.remove()
            }
            return output.appendInteger(removed)
        }
        let set = hashKeys(of: call, from: 1, step: 1)
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 1..<call.count {
                keys.withKey(call[index], hashes[index - 1]) { access in
                    if access.exists { removed += 1 }
                    access.remove()
                }
            }
        }
        output.appendInteger(removed)
    }

    mutating func exists(
        _ call: borrowing Call, _ connection: ClientConnection, isTouch: Bool,
        _ output: inout OutputBuffer
    ) {
        let set = hashKeys(of: call, from: 1, step: 1)
        var found: Int64 = 0
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 1..<call.count {
                keys.withKey(call[index], hashes[index - 1]) { access in
                    access.countRead()
                    if access.exists { found += 1 }
                }
            }
        }
        output.appendInteger(found)
    }

    func type(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var exists = false
        withKey(call[1], connection) { access in
            access.countRead()
            exists = access.exists
        }
        output.appendSimple(exists ? "string" : "none")
    }

    func flush(
        _ call: borrowing Call, _ databases: Range<Int>, _ output: inout OutputBuffer
    ) {
        let isPlain = call.count == 1
        let hasMode =
            call.count == 2
            && (call[1].equalsIgnoringCase("async") || call[1].equalsIgnoringCase("sync"))
        guard isPlain || hasMode else { return output.appendSyntaxError() }
        store.flush(databases)
        output.appendSimple("OK")
    }

    mutating func rename(
        _ call: borrowing Call, _ connection: ClientConnection, isConditional: Bool,
        _ output: inout OutputBuffer
    ) {
        let set = hashKeys(of: call, from: 1, step: 1)
        let isSame = call[1].isEqual(to: call[2])
        var isFound = false
        var isFree = true
        var outcome = PutOutcome.stored
        store.withShards(set, database: connection.database, at: now) { keys in
            var source: MovingEntry?
            keys.withKey(call[1], hashes[0]) { source = MovingEntry($0) }
            guard let source else { return }
            isFound = true
            keys.withKey(call[2], hashes[1]) { isFree = !$0.exists }
            guard !isSame, isFree || !isConditional else { return }
            keys.withKey(call[2], hashes[1]) { outcome = source.store(in: &$0) }
            if outcome == .stored { keys.withKey(call[1], hashes[0]) { $0.remove() } }
        }
        guard isFound else { return output.appendError("ERR no such key") }
        output.append(outcome) { output in
            if isConditional {
                output.appendInteger(isFree ? 1 : 0)
            } else {
                output.appendSimple("OK")
            }
        }
    }

    mutating func copy(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let options = CopyOptions(call, connection.database, store.databaseCount, &output)
        else { return }
        hashes.removeAll(keepingCapacity: true)
        var set = ShardSet()
        for index in 1...2 {
            hashes.append(store.hash(call[index]))
            store.insertShard(of: hashes[index - 1], into: &set)
        }
        if options.database == connection.database, call[1].isEqual(to: call[2]) {
            return output.appendError("ERR source and destination objects are the same")
        }
        var isCopied = false
        var outcome = PutOutcome.stored
        store.withShards(set, database: connection.database, at: now) { keys in
            var source: MovingEntry?
            keys.withKey(call[1], hashes[0]) { access in
                access.countRead()
                source = MovingEntry(access)
            }
            guard let source else { return }
            keys.withKey(call[2], hashes[1], database: options.database) { access in
                guard !access.exists || options.replaces else { return }
                outcome = source.store(in: &access)
                isCopied = true
            }
        }
        output.append(outcome) { $0.appendInteger(isCopied ? 1 : 0) }
    }
}

/// An entry on its way to another key, out of the store's memory.
struct MovingEntry {
    private var value: [UInt8] = []
    private let expiry: Moment
    private let flags: UInt32

    /// The entry; `nil` when there is none.
    init?(_ access: borrowing KeyAccess) {
        guard access.exists else { return nil }
        expiry = access.expiry
        flags = access.flags
        access.copyValue(into: &value)
    }

    func store(in access: inout KeyAccess) -> PutOutcome {
        unsafe access.put(value.span.bytes, expiry: expiry, flags: flags)
    }
}

/// The options of COPY.
struct CopyOptions {
    var database: Int
    var replaces = false

    /// Reads them; `nil` after an error was written.
    init?(
        _ call: borrowing Call, _ current: Int, _ databaseCount: Int,
        _ output: inout OutputBuffer
    ) {
        database = current
        var index = 3
        while index < call.count {
            if call[index].equalsIgnoringCase("replace") {
                replaces = true
            } else if call[index].equalsIgnoringCase("db"), index + 1 < call.count {
                index += 1
                guard let number = Decimal.integer(call[index]) else {
                    output.appendNotAnInteger()
                    return nil
                }
                guard number >= 0, number < databaseCount else {
                    output.appendError("ERR DB index is out of range")
                    return nil
                }
                database = Int(number)
            } else {
                output.appendSyntaxError()
                return nil
            }
            index += 1
        }
    }
}

extension RawSpan {
    func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where byte(at: offset) != other.byte(at: offset) {
            return false
        }
        return true
    }
}
