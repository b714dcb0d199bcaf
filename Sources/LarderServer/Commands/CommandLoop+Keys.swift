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
