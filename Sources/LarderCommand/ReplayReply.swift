/// What a server answered to a GET or SET.
enum ReplayReply: Hashable, Sendable {
    case hit(valueBytes: Int)
    case miss
    case stored
    /// The server refused; its words.
    case refused(String)
}

/// Bytes that are no answer to a GET or SET.
struct ReplayReplyFailure: Error, Hashable {
    let line: String
}

/// Understands replies as they come, in pieces of any size. Values are stepped over, never kept.
struct ReplayReplyScanner: Sendable {
    private enum Stage {
        case line
        /// Bytes of a value, and its line end, are left to step over.
        case value(bytesLeft: Int, valueBytes: Int)
        /// memcached: the line `END` after a value comes next.
        case valueEnd(valueBytes: Int)
    }

    private let dialect: ReplayDialect
    private var stage = Stage.line

    init(_ dialect: ReplayDialect) {
        self.dialect = dialect
    }

    /// The next reply in `buffer[range]`, whose bytes are taken off the range; `nil` when more bytes
    /// are needed, with only the start of a line left in the range.
    mutating func next(
        in buffer: [UInt8], _ range: inout Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        while true {
            switch stage {
            case .value(let left, let valueBytes):
                let step = min(left, range.count)
                range = (range.lowerBound + step)..<range.upperBound
                guard step == left else {
                    stage = .value(bytesLeft: left - step, valueBytes: valueBytes)
                    return nil
                }
                stage = dialect == .resp ? .line : .valueEnd(valueBytes: valueBytes)
                if dialect == .resp { return .hit(valueBytes: valueBytes) }
            case .valueEnd(let valueBytes):
                guard let line = Self.takeLine(in: buffer, &range) else { return nil }
                guard Self.line(buffer, line, is: "END") else {
                    throw Self.failure(buffer, line)
                }
                stage = .line
                return .hit(valueBytes: valueBytes)
            case .line:
                guard let line = Self.takeLine(in: buffer, &range) else { return nil }
                if let reply = try reply(buffer, line) { return reply }
            }
        }
    }

    /// The reply that a line is; `nil` when a value follows it.
    private mutating func reply(
        _ buffer: [UInt8], _ line: Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        switch dialect {
        case .resp: try respReply(buffer, line)
        case .memcached: try memcachedReply(buffer, line)
        }
    }

    private mutating func respReply(
        _ buffer: [UInt8], _ line: Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        guard let marker = line.isEmpty ? nil : buffer[line.lowerBound] else {
            throw Self.failure(buffer, line)
        }
        let rest = (line.lowerBound + 1)..<line.upperBound
        switch Unicode.Scalar(marker) {
        case "$":
            if Self.line(buffer, rest, is: "-1") { return .miss }
            try expectValue(buffer, length: rest, line: line)
            return nil
        case "+": return .stored
        case "_": return .miss
        case "-": return .refused(String(decoding: buffer[rest], as: UTF8.self))
        default: throw Self.failure(buffer, line)
        }
    }

    private mutating func memcachedReply(
        _ buffer: [UInt8], _ line: Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        if Self.line(buffer, line, is: "STORED") { return .stored }
        if Self.line(buffer, line, is: "END") { return .miss }
        let words = buffer[line].split(separator: UInt8(ascii: " "))
        guard let first = words.first else { throw Self.failure(buffer, line) }
        switch String(decoding: first, as: UTF8.self) {
        case "VALUE" where words.count >= 4:
            try expectValue(buffer, length: words[3].indices, line: line)
            return nil
        case "ERROR", "CLIENT_ERROR", "SERVER_ERROR", "NOT_STORED":
            return .refused(String(decoding: buffer[line], as: UTF8.self))
        default: throw Self.failure(buffer, line)
        }
    }

    private mutating func expectValue(
        _ buffer: [UInt8], length: Range<Int>, line: Range<Int>
    ) throws(ReplayReplyFailure) {
        var byteCount = 0
        for byte in buffer[length] {
            let digit = Int(byte) - 0x30
            guard (0...9).contains(digit), byteCount < 1 << 40 else {
                throw Self.failure(buffer, line)
            }
            byteCount = byteCount * 10 + digit
        }
        guard !length.isEmpty else { throw Self.failure(buffer, line) }
        stage = .value(bytesLeft: byteCount + 2, valueBytes: byteCount)
    }

    /// Takes a line off the range and returns its place without the line end.
    private static func takeLine(in buffer: [UInt8], _ range: inout Range<Int>) -> Range<Int>? {
        let bytes = buffer.span
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\n") {
                let start = range.lowerBound
                range = (index + 1)..<range.upperBound
                let hasReturn = index > start && bytes[index - 1] == UInt8(ascii: "\r")
                return start..<(hasReturn ? index - 1 : index)
            }
            index += 1
        }
        return nil
    }

    private static func line(
        _ buffer: [UInt8], _ line: Range<Int>, is text: StaticString
    ) -> Bool {
        guard line.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { unsafe buffer[line].elementsEqual($0) }
    }

    private static func failure(_ buffer: [UInt8], _ line: Range<Int>) -> ReplayReplyFailure {
        ReplayReplyFailure(line: String(decoding: buffer[line].prefix(80), as: UTF8.self))
    }
}
