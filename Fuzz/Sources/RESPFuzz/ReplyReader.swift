import FuzzSupport
import LarderWire

/// A client's connection that reads replies, and writes down what it saw.
struct ReplyReader {
    struct Seen: Equatable {
        var kind: ReplyKind
        var number: Int64
        var payload: [UInt8]
        var byteCount: Int
    }

    private var parser = ReplyParser()
    private var buffer: [UInt8] = []
    private(set) var replies: [Seen] = []
    private(set) var failure: ReplyFailure.Cause?

    mutating func receive(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        buffer += bytes
        let held = buffer
        let end = withRaw(held) { parseAll($0) }
        buffer.removeFirst(end)
    }

    private mutating func parseAll(_ bytes: RawSpan) -> Int {
        var start = 0
        do {
            while let reply = try parser.parse(bytes, from: start) {
                require(reply.end > start && reply.end <= bytes.byteCount, "a reply ends inside")
                replies.append(
                    Seen(
                        kind: reply.first.kind, number: reply.first.number,
                        payload: bytes.array(reply.first.payload), byteCount: reply.end - start))
                start = reply.end
            }
        } catch {
            failure = error.cause
        }
        return start
    }
}
