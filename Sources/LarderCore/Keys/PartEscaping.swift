/// How a part of a key is written that holds `:`, or the byte that ends its capture.
///
/// Such a byte is `%` and its two hexadecimal digits: `%3A` for `:`. A `%` that stands before such
/// digits already is `%25`, any other `%` stays: `50%` is written `50%`. Exactly:
///
///     forbidden byte with the digits HH   <->   %HH
///     %(25)…HH, n times 25                <->   %(25)…HH, n + 1 times
///     all else                            <->   the same
///
/// So every part has one text, every text without a forbidden byte is one part, and no key is
/// without meaning. It rests on this, that `%` and the digits themselves are never forbidden.
enum PartEscaping {
    private static let percent = UInt8(ascii: "%")

    /// Whether a capture may be followed by `byte`: neither `%` nor a digit of an escape.
    static func canEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case percent, UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            false
        default: true
        }
    }

    /// Appends `part` as a key has it where a capture ends before `end`.
    static func append(_ part: [UInt8], before end: UInt8, to key: inout [UInt8]) {
        let text = unsafe part.span.bytes
        var offset = 0
        while offset < part.count {
            let byte = part[offset]
            if byte == KeyPattern.separator || byte == end {
                key.append(percent)
                key.append(digit(byte >> 4))
                key.append(digit(byte & 15))
                offset += 1
            } else if byte == percent {
                let escape = Escape(at: offset, of: text, part.count, before: end)
                key += part[offset..<escape.levelsEnd]
                if escape.byte != nil { key += [UInt8(ascii: "2"), UInt8(ascii: "5")] }
                offset = escape.levelsEnd
            } else {
                key.append(byte)
                offset += 1
            }
        }
    }

    /// Appends what `range` of `key` means where a capture ends before `end`.
    static func appendPart(
        _ range: Range<Int>, of key: RawSpan, before end: UInt8, to part: inout [UInt8]
    ) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = key.byte(at: offset)
            guard byte == percent else {
                part.append(byte)
                offset += 1
                continue
            }
            let escape = Escape(at: offset, of: key, range.upperBound, before: end)
            if let meant = escape.byte, escape.levelCount == 0 {
                part.append(meant)
                offset += 3
            } else {
                let kept = escape.levelCount - (escape.byte == nil ? 0 : 1)
                part.append(percent)
                for _ in 0..<kept { part += [UInt8(ascii: "2"), UInt8(ascii: "5")] }
                offset = escape.levelsEnd
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// What stands at a `%`: so many times `25`, and perhaps the digits of a forbidden byte.
    private struct Escape {
        var levelCount = 0
        /// Behind the last `25`.
        var levelsEnd: Int
        /// The forbidden byte whose digits follow.
        var byte: UInt8?

        init(at offset: Int, of bytes: RawSpan, _ limit: Int, before end: UInt8) {
            levelsEnd = offset + 1
            while levelsEnd + 1 < limit, bytes.byte(at: levelsEnd) == UInt8(ascii: "2"),
                bytes.byte(at: levelsEnd + 1) == UInt8(ascii: "5")
            {
                levelCount += 1
                levelsEnd += 2
            }
            guard levelsEnd + 1 < limit else { return }
            let digits = (bytes.byte(at: levelsEnd), bytes.byte(at: levelsEnd + 1))
            for forbidden in [KeyPattern.separator, end]
            where digits == (PartEscaping.digit(forbidden >> 4), PartEscaping.digit(forbidden & 15))
            {
                byte = forbidden
            }
        }
    }
}
