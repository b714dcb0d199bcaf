import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    func getrange(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let start = Decimal.integer(call[2]), let end = Decimal.integer(call[3]) else {
            return output.appendNotAnInteger()
        }
        withKey(call[1], connection) { access in
            access.countRead()
            let range = Self.range(from: start, through: end, of: access.valueLength)
            output.appendBulkHeader(range.count)
            if let large = access.largeValue {
                output.append(range, of: large)
            } else {
                output.append(access.value.extracting(range))
            }
            output.appendLineEnd()
        }
    }

    /// The bytes that GETRANGE means: both ends belong to it, negative ones count from the end.
    private static func range(from start: Int64, through end: Int64, of count: Int) -> Range<Int> {
        if start < 0, end < 0, start > end { return 0..<0 }
        let count = Int64(count)
        let first = max(0, start < 0 ? count + start : start)
        let last = min(max(0, end < 0 ? count + end : end), count - 1)
        return first > last ? 0..<0 : Int(first)..<Int(last) + 1
    }

    func setrange(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let offset = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
        guard offset >= 0 else { return output.appendError("ERR offset is out of range") }
        let piece = call[3]
        var outcome = PutOutcome.stored
        var length = 0
        withKey(call[1], connection) { access in
            length = access.valueLength
            guard piece.byteCount > 0 else { return }
            guard offset <= store.valueMax - piece.byteCount else {
                outcome = .tooLarge
                return
            }
            let end = Int(offset) + piece.byteCount
            length = max(length, end)
            var value: [UInt8] = []
            value.reserveCapacity(length)
            access.copyValue(into: &value)
            value.append(contentsOf: repeatElement(0, count: length - value.count))
            for index in 0..<piece.byteCount { value[Int(offset) + index] = piece.byte(at: index) }
            outcome = unsafe access.put(
                value.span.bytes, expiry: access.expiry, flags: access.flags)
        }
        output.append(outcome) { $0.appendInteger(Int64(length)) }
    }
}

extension OutputBuffer {
    /// Copies a part of a large value.
    fileprivate mutating func append(_ range: Range<Int>, of value: LargeValue) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let left = range.upperBound - offset
            value.withSegment(at: offset) { piece in
                let count = min(left, piece.byteCount)
                append(piece.extracting(0..<count))
                offset += count
            }
        }
    }
}
