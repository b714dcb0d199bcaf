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
        var isEmpty = true
        readPieces(of: call[1], connection) { count in
            let range = Self.range(from: start, through: end, of: count)
            isEmpty = range.isEmpty
            if !isEmpty { output.appendBulkHeader(range.count) }
            return range
        } _: { piece, _ in
            output.append(piece)
            return true
        }
        if isEmpty { output.appendBulkHeader(0) }
        output.appendLineEnd()
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
        var length = 0
        let outcome = edit(call[1], connection) { access in
            length = access.valueLength
            guard piece.byteCount > 0 else { return nil }
            // What is too long is refused as such.
            guard offset <= store.valueMax - piece.byteCount else { return .max }
            length = max(length, Int(offset) + piece.byteCount)
            return length
        } _: { bytes in
            bytes.write(piece, at: Int(offset))
            return true
        }
        output.append(outcome) { $0.appendInteger(Int64(length)) }
    }
}
