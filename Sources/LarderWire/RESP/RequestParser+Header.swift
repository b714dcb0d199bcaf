/// The number of a header line, and where the line behind it starts: 0 when it is not all there.
struct HeaderLine {
    var number: Int
    var next: Int

    static var incomplete: HeaderLine { HeaderLine(number: 0, next: 0) }
}

extension RequestParser {
    @inline(__always) mutating func multibulkHeader(
        _ bytes: RawSpan, at position: Int, _ limits: RequestLimits
    ) throws(ProtocolFailure) -> HeaderLine {
        let line = Self.shortLine(bytes, at: position)
        if line.next > 0, line.number <= limits.argumentsMax { return line }
        return try longLine(bytes, at: position, of: position, isBulk: false, limits)
    }

    @inline(__always) mutating func bulkHeader(
        _ bytes: RawSpan, at position: Int, of start: Int, _ limits: RequestLimits
    ) throws(ProtocolFailure) -> HeaderLine {
        if position < bytes.byteCount, bytes.byte(at: position) == UInt8(ascii: "$") {
            let line = Self.shortLine(bytes, at: position)
            if line.next > 0, line.number <= limits.argumentBytesMax { return line }
        }
        return try longLine(bytes, at: position, of: start, isBulk: true, limits)
    }

    /// Reads the line at `position` if it is all there and its number has 1 to 9 digits without
    /// leading zeros, which all headers of sane clients have.
    @inline(__always) private static func shortLine(
        _ bytes: RawSpan, at position: Int
    ) -> HeaderLine {
        let first = position &+ 1
        // The byte behind the carriage return must be there, too.
        let last = min(bytes.byteCount &- 1, first &+ 10)
        var number = 0
        var cursor = first
        while cursor < last {
            let byte = bytes.byte(at: cursor)
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else {
                let digits = cursor &- first
                let isPlain = digits == 1 || digits > 1 && bytes.byte(at: first) != 48
                guard byte == UInt8(ascii: "\r"), isPlain else { break }
                return HeaderLine(number: number, next: cursor &+ 2)
            }
            number = number &* 10 &+ Int(digit)
            cursor &+= 1
        }
        return .incomplete
    }

    /// Reads any line: unfinished, negative, wrong, or beyond the limits.
    @inline(never) private mutating func longLine(
        _ bytes: RawSpan, at position: Int, of start: Int, isBulk: Bool, _ limits: RequestLimits
    ) throws(ProtocolFailure) -> HeaderLine {
        let known = position - start == Int(offset) ? Int(scanned) : 0
        let found = Self.lineEnd(UInt8(ascii: "\r"), in: bytes, from: position + known)
        guard let lineEnd = found.index, lineEnd + 1 < bytes.byteCount else {
            scanned = UInt32((found.index ?? found.stop) - position)
            if found.index == nil, bytes.byteCount - position > 65_536 {
                throw ProtocolFailure(
                    isBulk ? .bulkLineTooLong : .multibulkLineTooLong, at: position)
            }
            return .incomplete
        }
        scanned = 0
        let mark = bytes.byte(at: position)
        if isBulk, mark != UInt8(ascii: "$") {
            throw ProtocolFailure(.expectedDollar(mark), at: position)
        }
        let number = Decimal.integer(bytes, in: position + 1..<lineEnd)
        if let cause = Self.refusal(of: number, isBulk: isBulk, limits) {
            throw ProtocolFailure(cause, at: position + 1)
        }
        return HeaderLine(number: Int(number ?? 0), next: lineEnd + 2)
    }

    private static func refusal(
        of number: Int64?, isBulk: Bool, _ limits: RequestLimits
    ) -> ProtocolFailure.Cause? {
        let max = Int64(isBulk ? limits.argumentBytesMax : limits.argumentsMax)
        guard let number, !isBulk || number >= 0, number <= max || limits.isUnauthenticated else {
            return isBulk ? .invalidBulkLength : .invalidMultibulkLength
        }
        guard number > max else { return nil }
        return isBulk ? .unauthenticatedBulkLength : .unauthenticatedMultibulkLength
    }

    /// Where `mark` is. redis searches as C does: a zero byte ends the search until more than a
    /// line can hold has arrived. `stop` is how far it went.
    static func lineEnd(
        _ mark: UInt8, in bytes: RawSpan, from start: Int
    ) -> (index: Int?, stop: Int) {
        // The zero that ended the last search: what came since need not be looked at.
        if start < bytes.byteCount, bytes.byte(at: start) == 0 { return (nil, start) }
        let found = bytes.firstIndex(of: mark, in: start..<bytes.byteCount)
        let stop = found ?? bytes.byteCount
        if let zero = bytes.firstIndex(of: 0, in: start..<stop) { return (nil, zero) }
        return (found, stop)
    }
}
