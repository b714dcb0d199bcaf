import LarderCore

extension RequestParser {
    /// Reads an inline command: words on one line, with quotes as in a shell.
    mutating func parseInline(
        _ bytes: RawSpan, from start: Int, limits: RequestLimits,
        into arguments: inout ArgumentList
    ) throws(ProtocolFailure) -> RequestStep {
        let newline = UInt8(ascii: "\n")
        let found = Self.lineEnd(newline, in: bytes, from: start + Int(scanned))
        guard let lineEnd = found.index else {
            guard bytes.byteCount - start <= limits.inlineBytesMax else {
                throw ProtocolFailure(.inlineTooLong, at: start)
            }
            scanned = UInt32(found.stop - start)
            return .needMore(atLeast: bytes.byteCount - start + 1)
        }
        let hasReturn = lineEnd > start && bytes.byte(at: lineEnd - 1) == UInt8(ascii: "\r")
        var words = InlineWords(start..<(hasReturn ? lineEnd - 1 : lineEnd))
        arguments.scratch.removeAll()
        arguments.begin(at: 0)
        while try words.next(in: bytes, into: &arguments) {}
        self = RequestParser()
        return arguments.isEmpty ? .empty(end: lineEnd + 1) : .inlineRequest(end: lineEnd + 1)
    }
}

/// Splits a line into words as redis's `sdssplitargs` does.
///
/// Blanks separate words. In double quotes `\n \r \t \b \a`, `\xHH` and `\` before any other byte
/// are escapes; in single quotes only `\'` is. A quote may open within a word and must be the last
/// byte of one.
struct InlineWords {
    private var cursor: Int
    private let end: Int

    init(_ line: Range<Int>) {
        (cursor, end) = (line.lowerBound, line.upperBound)
    }

    /// Appends the next word. False at the end of the line.
    mutating func next(
        in bytes: RawSpan, into arguments: inout ArgumentList
    ) throws(ProtocolFailure) -> Bool {
        while cursor < end, Self.isBlank(bytes.byte(at: cursor)) { cursor += 1 }
        guard cursor < end else { return false }
        let start = arguments.scratch.count
        while cursor < end {
            let byte = bytes.byte(at: cursor)
            if Self.endsWord(byte) { break }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                try quoted(in: bytes, mark: byte, into: &arguments.scratch)
                break
            }
            arguments.scratch.append(byte)
            cursor += 1
        }
        arguments.append(offset: start, length: arguments.scratch.count - start)
        return true
    }

    /// Appends what stands between the quote at the cursor and its partner.
    private mutating func quoted(
        in bytes: RawSpan, mark: UInt8, into scratch: inout OutputBuffer
    ) throws(ProtocolFailure) {
        let open = cursor
        cursor += 1
        while cursor < end {
            let byte = bytes.byte(at: cursor)
            if byte == mark {
                cursor += 1
                guard cursor == end || Self.isBlank(bytes.byte(at: cursor)) else { break }
                return
            }
            if byte == UInt8(ascii: "\\"), cursor + 1 < end {
                scratch.append(escaped(in: bytes, mark: mark))
            } else {
                scratch.append(byte)
                cursor += 1
            }
        }
        throw ProtocolFailure(.unbalancedQuotes, at: open)
    }

    /// The byte that the backslash at the cursor stands for, together with what follows it.
    private mutating func escaped(in bytes: RawSpan, mark: UInt8) -> UInt8 {
        let next = bytes.byte(at: cursor + 1)
        if mark == UInt8(ascii: "'") {
            cursor += next == mark ? 2 : 1
            return next == mark ? mark : UInt8(ascii: "\\")
        }
        if next == UInt8(ascii: "x"), cursor + 3 < end,
            let high = Self.hexDigit(bytes.byte(at: cursor + 2)),
            let low = Self.hexDigit(bytes.byte(at: cursor + 3))
        {
            cursor += 4
            return high << 4 | low
        }
        cursor += 2
        switch next {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        default: return next
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// What `isspace` of C takes for a blank.
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (byte >= 0x09 && byte <= 0x0D)
    }

    /// The blanks that end a word without quotes: not all that may stand before one.
    private static func endsWord(_ byte: UInt8) -> Bool {
        isBlank(byte) && byte != 0x0B && byte != 0x0C
    }
}
