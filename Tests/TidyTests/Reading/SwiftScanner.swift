/// Walks over Swift source once and collects what `SwiftText` holds.
struct SwiftScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokenEnd = -1
    private(set) var tokens: [SwiftText.Token] = []
    private(set) var comments: [SwiftText.Comment] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Reads to the end, or over the parenthesis that closes an interpolation.
    mutating func scanCode(isInterpolation: Bool) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"): newline()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): lineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): blockComment()
            case UInt8(ascii: "\""): stringLiteral(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote() > 0:
                stringLiteral(hashes: hashesBeforeQuote())
            case UInt8(ascii: "`"): quotedName()
            case _ where Self.isWord(byte): word()
            default:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if isInterpolation, depth < 0 {
                    position += 1
                    return
                }
                append(until: position + 1)
            }
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func newline() {
        line += 1
        position += 1
    }

    private mutating func append(until end: Int) {
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        tokens.append(.init(text: text, line: line, isJoined: position == tokenEnd))
        position = end
        tokenEnd = end
    }

    private mutating func word() {
        var end = position + 1
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        append(until: end)
    }

    private mutating func quotedName() {
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "`"), bytes[end] != UInt8(ascii: "\n") {
            end += 1
        }
        append(until: min(end + 1, bytes.count))
    }
}

// MARK: - Comments

extension SwiftScanner {
    private mutating func addComment(from start: Int) {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        comments.append(.init(text: text, line: line))
    }

    private mutating func lineComment() {
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
        addComment(from: start)
    }

    private mutating func blockComment() {
        var depth = 0
        var start = position
        while let byte = peek() {
            let next = peek(1)
            if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if byte == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
                depth -= 1
                position += 2
                if depth == 0 { break }
            } else if byte == UInt8(ascii: "\n") {
                addComment(from: start)
                newline()
                start = position
            } else {
                position += 1
            }
        }
        addComment(from: start)
    }
}

// MARK: - String literals

extension SwiftScanner {
    /// The number of `#` here, if a quote follows them.
    private func hashesBeforeQuote() -> Int {
        var count = 0
        while peek(count) == UInt8(ascii: "#") { count += 1 }
        return peek(count) == UInt8(ascii: "\"") ? count : 0
    }

    private func has(_ byte: Character, times: Int, after distance: Int = 0) -> Bool {
        (0..<times).allSatisfy { peek(distance + $0) == byte.asciiValue }
    }

    private mutating func stringLiteral(hashes: Int) {
        let (start, startLine) = (position, line)
        skipStringLiteral(hashes: hashes)
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(.init(text: text, line: startLine, isJoined: start == tokenEnd))
        tokenEnd = position
    }

    private mutating func skipStringLiteral(hashes: Int) {
        position += hashes
        let quotes = has("\"", times: 3) ? 3 : 1
        position += quotes
        while let byte = peek() {
            if byte == UInt8(ascii: "\n") {
                guard quotes == 3 else { return }
                newline()
            } else if has("\"", times: quotes), has("#", times: hashes, after: quotes) {
                position += quotes + hashes
                return
            } else if byte == UInt8(ascii: "\\"), has("#", times: hashes, after: 1) {
                position += 1 + hashes
                escaped()
            } else {
                position += 1
            }
        }
    }

    private mutating func escaped() {
        if peek() == UInt8(ascii: "(") {
            position += 1
            scanCode(isInterpolation: true)
        } else if peek() != UInt8(ascii: "\n") {
            position += 1
        }
    }
}
