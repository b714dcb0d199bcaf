/// Quotes and comments.
extension SQLTemplateReader {
    /// Skips the quoted text or comment that begins here.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: When it does not end, or has what looks like a capture.
    mutating func skipQuoted() throws(TextFormError) -> Bool {
        let start = offset
        guard let place = try endOfQuoted() else { return false }
        if let capture = captureLike(in: start..<offset) {
            let remedy = place == "a comment" ? "" : " (a parameter needs no quotes)"
            throw error("A capture stands in \(place), where it is only text\(remedy)", at: capture)
        }
        return true
    }

    /// Moves behind what is quoted here, and says what it was.
    private mutating func endOfQuoted() throws(TextFormError) -> String? {
        switch (bytes[offset], byte(offset + 1), dialect) {
        case (UInt8(ascii: "'"), _, _):
            try skip(to: UInt8(ascii: "'"), withBackslash: isEscapeString)
        case (UInt8(ascii: "\""), _, _): try skip(to: UInt8(ascii: "\""))
        case (UInt8(ascii: "`"), _, .sqlite): try skip(to: UInt8(ascii: "`"))
        case (UInt8(ascii: "["), _, .sqlite): try skip(to: UInt8(ascii: "]"))
        case (UInt8(ascii: "$"), _, .postgres):
            guard try skipDollarQuote() else { return nil }
        case (UInt8(ascii: "-"), UInt8(ascii: "-"), _):
            offset = bytes[offset...].firstIndex(of: 10) ?? bytes.count
            return "a comment"
        case (UInt8(ascii: "/"), UInt8(ascii: "*"), _):
            try skipComment()
            return "a comment"
        default: return nil
        }
        return "quotes"
    }

    /// Whether the quote here belongs to PostgreSQL's `E'…'`, in which a backslash escapes.
    private var isEscapeString: Bool {
        guard dialect == .postgres, offset > 0, bytes[offset - 1] | 32 == UInt8(ascii: "e") else {
            return false
        }
        return offset < 2 || bytes[offset - 2].isWordByte == false
    }

    /// A doubled quote does not end the text, here it begins the next one at once.
    private mutating func skip(to quote: UInt8, withBackslash: Bool = false) throws(TextFormError) {
        let start = offset
        offset += 1
        while offset < bytes.count, bytes[offset] != quote {
            offset += withBackslash && bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard offset < bytes.count else { throw error("The quote is never closed", at: start) }
        offset += 1
        if withBackslash, byte(offset) == quote { try skip(to: quote, withBackslash: true) }
    }

    /// `$tag$ … $tag$`.
    private mutating func skipDollarQuote() throws(TextFormError) -> Bool {
        let start = offset
        guard start == 0 || bytes[start - 1].isWordByte == false,
            (48...57).contains(byte(start + 1)) == false
        else { return false }
        let word = bytes[(start + 1)...].prefix { $0.isWordByte }
        guard byte(word.endIndex) == UInt8(ascii: "$") else { return false }
        let tag = bytes[start...word.endIndex]
        offset = tag.endIndex
        while offset + tag.count <= bytes.count {
            if bytes[offset..<(offset + tag.count)] == tag {
                offset += tag.count
                return true
            }
            offset += 1
        }
        throw error("The quote is never closed", at: start)
    }

    /// `/* … */`, nested in PostgreSQL.
    private mutating func skipComment() throws(TextFormError) {
        let start = offset
        var depth = 0
        while offset < bytes.count {
            switch (bytes[offset], byte(offset + 1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")) where depth == 0 || dialect == .postgres:
                depth += 1
                offset += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                offset += 2
                if depth == 0 { return }
            default: offset += 1
            }
        }
        throw error("The comment is never closed", at: start)
    }

    /// Where a name in braces begins in `range`.
    private func captureLike(in range: Range<Int>) -> Int? {
        range.first { start in
            guard bytes[start] == UInt8(ascii: "{") else { return false }
            // No further than the longest name, so that many braces cost no more than others.
            let nameEnd = min(range.upperBound, start + CaptureName.byteCountMax + 2)
            guard let close = bytes[start..<nameEnd].firstIndex(of: UInt8(ascii: "}")) else {
                return false
            }
            return CaptureName.problem(with: bytes[(start + 1)..<close]) == nil
        }
    }
}
