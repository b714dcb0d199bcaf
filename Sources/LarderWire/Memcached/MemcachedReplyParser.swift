/// One line of a memcached reply, with the value behind it. For clients.
public enum MemcachedReply: Hashable, Sendable {
    /// `VALUE`: where key and value are.
    case value(key: Range<Int>, flags: UInt32, version: UInt64?, value: Range<Int>)
    /// A reply of fixed words; a read ends with `.end`.
    case line(MemcachedReplyLine)
    /// The new number of `incr` and `decr`.
    case number(UInt64)
    /// `ERROR`, `CLIENT_ERROR …` or `SERVER_ERROR …`: where the line is.
    case error(Range<Int>)
    /// `STAT …`, `VERSION …`, or a meta reply: where the line is.
    case other(Range<Int>)
}

/// Why bytes are not a memcached reply, and where.
public struct MemcachedReplyFailure: Error, Hashable {
    /// What is wrong.
    public enum Cause: Hashable, Sendable {
        /// A `VALUE` line without key, flags and length.
        case badValueLine
        /// A line of more than 2 KiB.
        case lineTooLong
        /// A value without CRLF behind it.
        case expectedLineEnd
    }

    /// What is wrong.
    public let cause: Cause
    /// Position of the offending byte or line, counted from the start of the bytes.
    public let offset: Int

    init(_ cause: Cause, at offset: Int) {
        self.cause = cause
        self.offset = offset
    }
}

/// Reads replies of a memcached server, a line with its value at a time. For clients.
public enum MemcachedReplyParser {
    /// No line of a server is longer.
    static let lineBytesMax = 2_048

    /// The reply at `start` and where the next one is, `nil` when it is not all there.
    ///
    /// - Complexity: O(bytes of the line); a value is stepped over. Allocates nothing.
    /// - Throws: `MemcachedReplyFailure`, after which the connection is of no use.
    public static func parse(
        _ bytes: RawSpan, from start: Int
    ) throws(MemcachedReplyFailure) -> (reply: MemcachedReply, end: Int)? {
        let last = min(bytes.byteCount, start + lineBytesMax + 1)
        guard start < last,
            let newline = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<last)
        else {
            guard last - start <= lineBytesMax else {
                throw MemcachedReplyFailure(.lineTooLong, at: start)
            }
            return nil
        }
        let hasReturn = newline > start && bytes.byte(at: newline - 1) == UInt8(ascii: "\r")
        let line = start..<(hasReturn ? newline - 1 : newline)
        if bytes.matches("VALUE ", at: start) {
            return try value(bytes, line, at: newline + 1)
        }
        return (plain(bytes, line), newline + 1)
    }

    private static func value(
        _ bytes: RawSpan, _ line: Range<Int>, at start: Int
    ) throws(MemcachedReplyFailure) -> (reply: MemcachedReply, end: Int)? {
        var cursor = line.lowerBound + 6
        let key = word(bytes, &cursor, line.upperBound)
        guard let flags = number(bytes, word(bytes, &cursor, line.upperBound)),
            let byteCount = number(bytes, word(bytes, &cursor, line.upperBound)),
            !key.isEmpty, flags <= UInt32.max, byteCount <= Int32.max
        else { throw MemcachedReplyFailure(.badValueLine, at: line.lowerBound) }
        let version = number(bytes, word(bytes, &cursor, line.upperBound))
        let end = start + Int(byteCount)
        guard bytes.byteCount - end >= 2 else { return nil }
        guard bytes.matches("\r\n", at: end) else {
            throw MemcachedReplyFailure(.expectedLineEnd, at: end)
        }
        let reply = MemcachedReply.value(
            key: key, flags: UInt32(flags), version: version, value: start..<end)
        return (reply, end + 2)
    }

    private static func plain(_ bytes: RawSpan, _ line: Range<Int>) -> MemcachedReply {
        if let fixed = fixed(bytes, line) { return .line(fixed) }
        if let number = number(bytes, line) { return .number(number) }
        let start = line.lowerBound
        let isError =
            bytes.equals("ERROR", in: line) || bytes.matches("ERROR ", at: start)
            || bytes.matches("CLIENT_ERROR", at: start)
            || bytes.matches("SERVER_ERROR", at: start)
        return isError ? .error(line) : .other(line)
    }

    private static func fixed(_ bytes: RawSpan, _ line: Range<Int>) -> MemcachedReplyLine? {
        if bytes.equals("END", in: line) { return .end }
        if bytes.equals("STORED", in: line) { return .stored }
        if bytes.equals("NOT_STORED", in: line) { return .notStored }
        if bytes.equals("EXISTS", in: line) { return .exists }
        if bytes.equals("NOT_FOUND", in: line) { return .notFound }
        if bytes.equals("DELETED", in: line) { return .deleted }
        if bytes.equals("TOUCHED", in: line) { return .touched }
        if bytes.equals("OK", in: line) { return .ok }
        if bytes.equals("RESET", in: line) { return .reset }
        return bytes.equals("MN", in: line) ? .metaNoOperation : nil
    }

    /// The next word and the cursor behind the space that ends it; empty at the end of the line.
    private static func word(_ bytes: RawSpan, _ cursor: inout Int, _ end: Int) -> Range<Int> {
        let start = min(cursor, end)
        let wordEnd = bytes.firstIndex(of: UInt8(ascii: " "), in: start..<end) ?? end
        cursor = wordEnd + 1
        return start..<wordEnd
    }

    /// An unsigned number: digits and nothing else.
    private static func number(_ bytes: RawSpan, _ word: Range<Int>) -> UInt64? {
        guard !word.isEmpty, word.count <= 20 else { return nil }
        var value: UInt64 = 0
        for offset in word {
            let digit = bytes.byte(at: offset) &- UInt8(ascii: "0")
            let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, hasCarry) = tenfold.addingReportingOverflow(UInt64(digit))
            guard digit < 10, !isTooLarge, !hasCarry else { return nil }
            value = sum
        }
        return value
    }
}
