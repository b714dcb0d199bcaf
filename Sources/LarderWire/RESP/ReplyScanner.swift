/// Reads single tokens of replies. `ReplyParser` is for whole ones.
public enum ReplyScanner {
    /// Bytes of a simple string, an error or a number. Larger ones are not written by any server.
    static let lineBytesMax = 65_536
    /// Bytes of a bulk, and elements of an array: what redis can hold.
    static let countMax = Int64(Int32.max)

    /// The token at `start`, `nil` when it is not all there.
    ///
    /// - Complexity: O(bytes of the line); the bytes of a bulk are stepped over. Allocates nothing.
    /// - Throws: `ReplyFailure`, after which the connection is of no use.
    public static func token(
        in bytes: RawSpan, at start: Int
    ) throws(ReplyFailure) -> ReplyToken? {
        guard start < bytes.byteCount else { return nil }
        let mark = bytes.byte(at: start)
        guard let kind = ReplyKind(rawValue: mark) else {
            throw ReplyFailure(.unknownKind(mark), at: start)
        }
        guard let line = try line(in: bytes, at: start + 1) else { return nil }
        let next = line.upperBound + 2
        switch kind {
        case .simple, .error, .double, .boolean, .bigNumber, .null:
            return ReplyToken(kind: kind, payload: line, end: next)
        case .integer:
            let number = try integer(bytes, line)
            return ReplyToken(kind: kind, payload: line, number: number, end: next)
        case .bulk, .bulkError, .verbatim:
            return try bulk(kind, in: bytes, length: try length(bytes, line), at: next)
        case .array, .set, .push, .map, .attribute:
            let count = try length(bytes, line)
            let isPairs = kind == .map || kind == .attribute
            return ReplyToken(
                kind: count < 0 ? .null : kind, payload: next..<next,
                number: count < 0 ? 0 : isPairs ? count * 2 : count, end: next)
        }
    }

    private static func bulk(
        _ kind: ReplyKind, in bytes: RawSpan, length: Int64, at start: Int
    ) throws(ReplyFailure) -> ReplyToken? {
        guard length >= 0 else {
            return ReplyToken(kind: .null, payload: start..<start, end: start)
        }
        let end = start + Int(length)
        guard bytes.byteCount - end >= 2 else { return nil }
        guard bytes.byte(at: end) == 0x0D, bytes.byte(at: end + 1) == 0x0A else {
            throw ReplyFailure(.expectedLineEnd, at: end)
        }
        return ReplyToken(kind: kind, payload: start..<end, end: end + 2)
    }

    /// The bytes up to CRLF, `nil` when it is not there yet.
    private static func line(
        in bytes: RawSpan, at start: Int
    ) throws(ReplyFailure) -> Range<Int>? {
        let last = min(bytes.byteCount, start + lineBytesMax + 1)
        guard let end = bytes.firstIndex(of: 0x0D, in: start..<last) else {
            guard last - start <= lineBytesMax else { throw ReplyFailure(.lineTooLong, at: start) }
            return nil
        }
        guard end + 1 < bytes.byteCount else { return nil }
        guard bytes.byte(at: end + 1) == 0x0A else {
            throw ReplyFailure(.expectedLineEnd, at: end)
        }
        return start..<end
    }

    private static func integer(
        _ bytes: RawSpan, _ line: Range<Int>
    ) throws(ReplyFailure) -> Int64 {
        guard let number = Decimal.integer(bytes, in: line) else {
            throw ReplyFailure(.notAnInteger, at: line.lowerBound)
        }
        return number
    }

    /// A length, or -1 for a value that is not there.
    private static func length(
        _ bytes: RawSpan, _ line: Range<Int>
    ) throws(ReplyFailure) -> Int64 {
        let length = try integer(bytes, line)
        guard length >= -1, length <= countMax else {
            throw ReplyFailure(.outOfRange, at: line.lowerBound)
        }
        return length
    }
}
