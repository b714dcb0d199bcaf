import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// Bytes of sources that are joined while their shards are locked: some ten microseconds. More
    /// are joined without a lock, and stored if the sources are still the same.
    private static var lockedBytesMax: Int { 64 << 10 }

    /// Bytes of a result that are put together at a time.
    private static var windowBytes: Int { 8 << 10 }

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
        var sources: [ValueSnapshot] = []
        var outcome: PutOutcome?
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 3..<call.count {
                keys.withKey(call[index], hashes[index - 2]) { access in
                    access.countRead()
                    sources.append(access.snapshot())
                }
            }
            length = sources.reduce(0) { max($0, $1.byteCount) }
            let bytes = sources.reduce(0) { $0 + $1.byteCount }
            guard length == 0 || bytes <= Self.lockedBytesMax else { return }
            var result: [UInt8] = []
            Self.join(sources, operation, 0..<length, into: &result)
            keys.withKey(call[2], hashes[0]) { access in
                guard length > 0 else {
                    access.remove()
                    outcome = .stored
                    return
                }
                outcome = unsafe access.put(result.span.bytes)
            }
        }
        if let outcome { return outcome }
        let result = makeLarge(sources, operation, length)
        store.withShards(set, database: connection.database, at: now) { keys in
            var isSame = true
            for index in 3..<call.count {
                keys.withKey(call[index], hashes[index - 2]) { access in
                    if !access.holds(sources[index - 3]) { isSame = false }
                }
            }
            guard isSame else { return }
            keys.withKey(call[2], hashes[0]) { access in
                outcome = put(result, length, in: &access)
            }
        }
        return outcome
    }

    /// A result, of many short values perhaps, that may be short itself.
    private enum JoinedValue {
        case small([UInt8])
        case large(LargeValue?)
    }

    private func put(
        _ result: JoinedValue, _ length: Int, in access: inout KeyAccess
    ) -> PutOutcome {
        switch result {
        case .small(let bytes): unsafe access.put(bytes.span.bytes)
        case .large(let value): access.put(large: value)
        }
    }

    /// Joins the sources without a lock.
    private func makeLarge(
        _ sources: [ValueSnapshot], _ operation: BitOperation, _ length: Int
    ) -> JoinedValue {
        guard length > LargeBuilder.byteCountMin else {
            var bytes: [UInt8] = []
            Self.join(sources, operation, 0..<length, into: &bytes)
            return .small(bytes)
        }
        let builder = store.makeLargeBuilder(for: hashes[0], byteCount: length)
        var window: [UInt8] = []
        while builder.missing > 0 {
            let start = length - builder.missing
            let end = min(length, start + Self.windowBytes)
            Self.join(sources, operation, start..<end, into: &window)
            unsafe builder.append(window.span.bytes)
        }
        return .large(builder.finish())
    }

    /// Makes `result` the bytes of the result in `range`. What is shorter counts as followed by
    /// zeros.
    private static func join(
        _ sources: [ValueSnapshot], _ operation: BitOperation, _ range: Range<Int>,
        into result: inout [UInt8]
    ) {
        result.removeAll(keepingCapacity: true)
        append(sources[0], range, to: &result)
        if operation == .not {
            // Joined with itself, since each byte is replaced by what comes.
            let bytes = result
            return unsafe operation.join(bytes.span.bytes, to: &result, at: 0)
        }
        for source in sources.dropFirst() {
            var offset = range.lowerBound
            let end = max(offset, min(range.upperBound, source.byteCount))
            while offset < end {
                source.withSegment(at: offset) { piece in
                    let count = min(piece.byteCount, end - offset)
                    operation.join(
                        piece.extracting(0..<count), to: &result, at: offset - range.lowerBound)
                    offset += count
                }
            }
            guard operation == .and else { continue }
            for place in end - range.lowerBound..<range.count { result[place] = 0 }
        }
    }

    /// Adds the bytes of `range`, with zeros for those behind the end.
    private static func append(
        _ source: ValueSnapshot, _ range: Range<Int>, to result: inout [UInt8]
    ) {
        result.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < min(range.upperBound, source.byteCount) {
            source.withSegment(at: offset) { piece in
                let count = min(piece.byteCount, range.upperBound - offset)
                result.append(piece.extracting(0..<count))
                offset += count
            }
        }
        result.append(contentsOf: repeatElement(0, count: range.count - result.count))
    }
}
