import LarderWire

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

/// Understands replies as they come, in pieces of any size.
struct ReplayReplyScanner: Sendable {
    private let dialect: ReplayDialect
    private var respParser = ReplyParser()
    /// memcached: the bytes of a value that is read, while the line `END` has not come.
    private var valueBytes: Int?

    init(_ dialect: ReplayDialect) {
        self.dialect = dialect
    }

    /// The next reply in `buffer[range]`, whose bytes are taken off the range; `nil` when more
    /// bytes are needed, behind those in the range.
    mutating func next(
        in buffer: [UInt8], _ range: inout Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        switch dialect {
        case .resp: try nextRESP(in: buffer, &range)
        case .memcached: try nextMemcached(in: buffer, &range)
        }
    }

    private mutating func nextRESP(
        in buffer: [UInt8], _ range: inout Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        let bytes = unsafe buffer.span.bytes.extracting(0..<range.upperBound)
        let reply: Reply
        do throws(ReplyFailure) {
            guard let parsed = try respParser.parse(bytes, from: range.lowerBound) else {
                return nil
            }
            reply = parsed
        } catch {
            throw Self.failure(buffer, range)
        }
        let payload = reply.first.payload
        let meaning: ReplayReply? =
            switch reply.first.kind {
            case .bulk: .hit(valueBytes: payload.count)
            case .null: .miss
            case .simple: .stored
            case .error, .bulkError:
                .refused(String(decoding: buffer[payload], as: UTF8.self))
            default: nil
            }
        guard let meaning else { throw Self.failure(buffer, range) }
        range = reply.end..<range.upperBound
        return meaning
    }

    private mutating func nextMemcached(
        in buffer: [UInt8], _ range: inout Range<Int>
    ) throws(ReplayReplyFailure) -> ReplayReply? {
        let bytes = unsafe buffer.span.bytes.extracting(0..<range.upperBound)
        while true {
            let next: (reply: MemcachedReply, end: Int)?
            do throws(MemcachedReplyFailure) {
                next = try MemcachedReplyParser.parse(bytes, from: range.lowerBound)
            } catch {
                throw Self.failure(buffer, range)
            }
            guard let (reply, end) = next else { return nil }
            let start = range
            range = end..<range.upperBound
            switch (reply, valueBytes) {
            case (.value(_, _, _, let value), nil): valueBytes = value.count
            case (.line(.end), let count?):
                valueBytes = nil
                return .hit(valueBytes: count)
            case (.line(.end), nil): return .miss
            case (.line(.stored), nil): return .stored
            case (.line(.notStored), nil): return .refused("NOT_STORED")
            case (.error(let line), nil):
                return .refused(String(decoding: buffer[line], as: UTF8.self))
            default: throw Self.failure(buffer, start)
            }
        }
    }

    /// The line that was not understood; its start is enough to tell who talks.
    private static func failure(_ buffer: [UInt8], _ range: Range<Int>) -> ReplayReplyFailure {
        let line = buffer[range].prefix(80).prefix { $0 != 0x0D && $0 != 0x0A }
        return ReplayReplyFailure(line: String(decoding: line, as: UTF8.self))
    }
}
