/// A whole reply: its first token, and where the next reply starts.
public struct Reply: Hashable, Sendable {
    /// The outermost value. The tokens of what it holds follow at `first.end`.
    public var first: ReplyToken
    /// Where the next reply starts.
    public var end: Int
}

/// Finds the end of replies, however deep, and tells what each one is. For clients.
///
/// Nesting is counted, not stacked: a reply of any depth takes no memory. It remembers how far it
/// came, so that a reply in many pieces costs time linear in its tokens. One per connection.
public struct ReplyParser: Sendable {
    /// Bytes of the reply that are understood.
    private var offset = 0
    /// Tokens to come until the reply is complete, and tokens of attributes in front of it.
    private var pending = 1
    private var remarks = 0
    private var first: ReplyToken?

    /// A parser before its first reply.
    public init() {}

    /// Goes on with the reply that starts at `bytes[start]`.
    ///
    /// - Parameters:
    ///   - bytes: All bytes of this reply so far, and perhaps of later ones.
    ///   - start: Where it starts. May differ from call to call.
    /// - Returns: `nil` when the reply is not all there.
    /// - Complexity: O(new tokens). Allocates nothing.
    /// - Throws: `ReplyFailure`, after which neither the connection nor the parser is of use.
    public mutating func parse(
        _ bytes: RawSpan, from start: Int
    ) throws(ReplyFailure) -> Reply? {
        while pending > 0 {
            guard let token = try ReplyScanner.token(in: bytes, at: start + offset) else {
                return nil
            }
            try count(token, at: start)
            offset = token.end - start
        }
        guard let first else { return nil }
        let reply = Reply(first: first.moved(by: start), end: start + offset)
        self = ReplyParser()
        return reply
    }

    private mutating func count(
        _ token: ReplyToken, at start: Int
    ) throws(ReplyFailure) {
        let own = token.kind == .attribute ? 0 : 1
        if first == nil, remarks > 0 {
            remarks = try sum(remarks - own, token, at: start)
        } else if first == nil, token.kind == .attribute {
            remarks = Int(token.number)
        } else {
            if first == nil { first = token.moved(by: -start) }
            pending = try sum(pending - own, token, at: start)
        }
    }

    /// Bounded, although nobody stores what is counted: a reply of more is none.
    private func sum(
        _ count: Int, _ token: ReplyToken, at start: Int
    ) throws(ReplyFailure) -> Int {
        let sum = count + (token.kind == .integer ? 0 : Int(token.number))
        guard sum <= Int(ReplyScanner.countMax) * 2 else {
            throw ReplyFailure(.outOfRange, at: start + offset)
        }
        return sum
    }
}

extension ReplyToken {
    func moved(by distance: Int) -> ReplyToken {
        var token = self
        token.payload = payload.lowerBound + distance..<payload.upperBound + distance
        token.end += distance
        return token
    }
}
