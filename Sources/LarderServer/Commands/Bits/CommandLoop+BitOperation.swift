import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// Bytes of sources that are joined while their shards are locked. More are joined one by one,
    /// and stored if the sources are still the same.
    private static var lockedBytesMax: Int { 64 << 10 }

    /// Bytes of a result that are put together at a time. No source reaches beyond the first of
    /// them that is not in pieces.
    private static var windowBytes: Int { LargeBuilder.byteCountMin }

    /// BITOP.
    mutating func bitop(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let operation = BitOperation(call[1]) else { return output.appendSyntaxError() }
        guard operation != .not || call.count == 4 else {
            return output.appendError("ERR BITOP NOT must be called with a single source key.")
        }
        let set = hashKeys(of: call, from: 2, step: 1)
        var length = 0
        let outcome = store.untilDone(set) {
            tryJoin(operation, call, connection, set, &length)
        }
        output.append(outcome) { $0.appendInteger(Int64(length)) }
    }

    /// - Returns: `nil` when a source was changed by another while it was read.
    private func tryJoin(
        _ operation: BitOperation, _ call: borrowing Call, _ connection: ClientConnection,
        _ set: ShardSet, _ length: inout Int
    ) -> PutOutcome? {
        var sources = BitSources(count: call.count - 3)
        var outcome: PutOutcome?
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 3..<call.count {
                keys.withKey(call[index], hashes[index - 2]) { access in
                    access.countRead()
                    sources.append(access)
                }
            }
            guard sources.byteCount <= Self.lockedBytesMax else { return }
            var result: [UInt8] = []
            operation.begin(&result, count: sources.lengthMax)
            for index in 3..<call.count {
                keys.withKey(call[index], hashes[index - 2]) { operation.join($0, to: &result) }
            }
            operation.end(&result, from: 0, shortest: sources.lengthMin)
            keys.withKey(call[2], hashes[0]) { outcome = put(.small(result), in: &$0) }
        }
        length = sources.lengthMax
        if let outcome { return outcome }
        guard let result = join(sources, operation, call, connection) else { return nil }
        store.withShards(set, database: connection.database, at: now) { keys in
            guard isCurrent(sources, call, keys) else { return }
            keys.withKey(call[2], hashes[0]) { outcome = put(result, in: &$0) }
        }
        return outcome
    }

    /// Whether the values of the call's sources are still the same.
    private func isCurrent(
        _ sources: BitSources, _ call: borrowing Call, _ keys: borrowing KeysAccess
    ) -> Bool {
        var isSame = true
        for index in 3..<call.count where isSame {
            keys.withKey(call[index], hashes[index - 2]) { access in
                isSame = sources.isCurrent(index - 3, access)
            }
        }
        return isSame
    }

    /// A result, of many short values perhaps, that may be short itself.
    private enum JoinedValue {
        case small([UInt8])
        case large(LargeValue?)
    }

    /// Stores a result; of nothing comes no entry.
    private func put(_ result: JoinedValue, in access: inout KeyAccess) -> PutOutcome {
        switch result {
        case .small([]):
            access.remove()
            return .stored
        case .small(let bytes): return unsafe access.put(bytes.span.bytes)
        case .large(let value): return access.put(large: value)
        }
    }

    /// Joins the sources into one window after the other, with one shard locked at a time.
    ///
    /// - Returns: `nil` when a source has changed meanwhile.
    private func join(
        _ sources: BitSources, _ operation: BitOperation, _ call: borrowing Call,
        _ connection: ClientConnection
    ) -> JoinedValue? {
        let length = sources.lengthMax
        var window: [UInt8] = []
        operation.begin(&window, count: min(length, Self.windowBytes))
        guard joinStarts(of: sources, operation, call, connection, &window) else { return nil }
        guard length > Self.windowBytes else { return .small(window) }
        let builder = store.makeLargeBuilder(for: hashes[0], byteCount: length)
        unsafe builder.append(window.span.bytes)
        while builder.missing > 0 {
            let start = length - builder.missing
            operation.begin(&window, count: min(builder.missing, Self.windowBytes))
            for source in sources.larges { operation.join(source, from: start, to: &window) }
            operation.end(&window, from: start, shortest: sources.lengthMin)
            unsafe builder.append(window.span.bytes)
        }
        return .large(builder.finish())
    }

    /// Joins the first window, the only one to which short sources have anything to add.
    private func joinStarts(
        of sources: BitSources, _ operation: BitOperation, _ call: borrowing Call,
        _ connection: ClientConnection, _ window: inout [UInt8]
    ) -> Bool {
        var isSame = true
        for index in 3..<call.count where isSame {
            if let large = sources.large(index - 3) {
                operation.join(large, from: 0, to: &window)
                continue
            }
            store.withKey(
                call[index], hashes[index - 2], database: connection.database, at: now
            ) { access in
                isSame = sources.isCurrent(index - 3, access)
                if isSame { operation.join(access, to: &window) }
            }
        }
        operation.end(&window, from: 0, shortest: sources.lengthMin)
        return isSame
    }
}

extension BitOperation {
    /// Makes `window` what joined with anything is that.
    fileprivate func begin(_ window: inout [UInt8], count: Int) {
        window.removeAll(keepingCapacity: true)
        window.append(contentsOf: repeatElement(self == .and ? 0xFF : 0, count: count))
    }

    /// Joins a value to a window that begins with its first byte.
    fileprivate func join(_ access: borrowing KeyAccess, to window: inout [UInt8]) {
        if let large = access.largeValue { return join(large, from: 0, to: &window) }
        let value = access.value
        join(value.extracting(0..<min(value.byteCount, window.count)), to: &window, at: 0)
    }

    /// Joins a value to a window that begins with byte `start` of it.
    fileprivate func join(_ value: LargeValue, from start: Int, to window: inout [UInt8]) {
        guard start < value.byteCount else { return }
        let end = min(value.byteCount, start + window.count)
        value.forEachPiece(in: start..<end) { piece, offset in
            join(piece, to: &window, at: offset - start)
            return true
        }
    }

    /// What is shorter counts as followed by zeros, which only AND needs to be told.
    fileprivate func end(_ window: inout [UInt8], from start: Int, shortest: Int) {
        guard self == .and else { return }
        for place in min(window.count, max(0, shortest - start))..<window.count {
            window[place] = 0
        }
    }
}
