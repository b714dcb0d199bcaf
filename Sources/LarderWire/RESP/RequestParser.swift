/// Finds the arguments of RESP requests, `*2␍␊$3␍␊GET␍␊$1␍␊k␍␊`, and of inline commands, `GET k␍␊`.
///
/// It takes and refuses what redis 7.0 does. In particular it does not look at the line end behind
/// an argument, nor at the byte behind a carriage return. It remembers how far it came, so that a
/// request that arrives byte by byte costs linear time. One per connection, of 24 bytes.
public struct RequestParser: Sendable {
    /// Bytes of the request before the header that comes next; 0 until the first one is complete.
    var offset: UInt32 = 0
    /// Bytes of the line that comes next that hold no line end.
    var scanned: UInt32 = 0
    /// Arguments found, which the caller's list must still hold for us to go on.
    var found: Int32 = 0
    /// Arguments to come.
    var left: Int32 = 0
    /// Bytes of the header of the large argument that was reported last.
    var largeHeader: UInt32 = 0
    /// Whether bytes of the request are gone, so that it cannot be read again.
    var hasStreamed = false

    /// A parser before its first request.
    public init() {}

    /// Whether a part of a request has been understood.
    public var isInsideRequest: Bool { offset > 0 || scanned > 0 }

    /// Goes on with the request that starts at `bytes[start]`.
    ///
    /// - Parameters:
    ///   - bytes: All bytes of this request so far, and perhaps of later ones.
    ///   - start: Where it starts. May differ from call to call. Below zero when its first part,
    ///     which was understood, is no longer in `bytes`; the places of those arguments are of no
    ///     use then.
    ///   - limits: What the client may demand.
    ///   - arguments: The list of the last call, untouched; or any other, emptied, and then what
    ///     was understood before is read again.
    /// - Returns: A request, or what is missing of one.
    /// - Complexity: O(new header bytes); arguments are stepped over. Allocates nothing, but for a
    ///   list that grows beyond the most that it ever held.
    /// - Throws: `ProtocolFailure`, after which the connection is of no use.
    public mutating func parse(
        _ bytes: RawSpan, from start: Int, limits: RequestLimits,
        into arguments: inout ArgumentList
    ) throws(ProtocolFailure) -> RequestStep {
        var position = start
        var argumentsLeft: Int
        if offset == 0 || arguments.count != Int(found) {
            beginAgain(at: start, &arguments)
            guard start < bytes.byteCount else { return .needMore(atLeast: 1) }
            guard bytes.byte(at: start) == UInt8(ascii: "*") else {
                return try parseInline(bytes, from: start, limits: limits, into: &arguments)
            }
            let line = try multibulkHeader(bytes, at: start, limits)
            guard line.next > 0 else { return .needMore(atLeast: bytes.byteCount - start + 1) }
            guard line.number > 0 else {
                self = RequestParser()
                return .empty(end: line.next)
            }
            (position, argumentsLeft) = (line.next, line.number)
        } else {
            arguments.base = start
            (position, argumentsLeft) = (start &+ Int(offset), Int(left))
        }
        while argumentsLeft > 0 {
            let line = try bulkHeader(bytes, at: position, of: start, limits)
            let end = line.next &+ line.number
            if line.next == 0 || bytes.byteCount &- end < 2 {
                remember(position &- start, argumentsLeft, arguments.count)
                return try stop(bytes, at: position, of: start, line, limits)
            }
            arguments.append(offset: line.next &- start, length: line.number)
            position = end &+ 2
            argumentsLeft &-= 1
        }
        if offset > 0 || scanned > 0 { self = RequestParser() }
        return .request(end: position)
    }

    /// Goes on behind the argument that the last call reported as large, whose bytes and line end
    /// the caller has taken out of the stream. `arguments` must stay as it is until the request is
    /// complete.
    ///
    /// - Complexity: O(1).
    public mutating func skipLargeArgument(_ arguments: inout ArgumentList) {
        precondition(largeHeader > 0, "A large argument was reported.")
        precondition(arguments.count == Int(found), "The list is left alone in a large argument.")
        offset += largeHeader
        arguments.appendStreamed(at: Int(offset))
        (found, left) = (found + 1, left - 1)
        (largeHeader, scanned, hasStreamed) = (0, 0, true)
    }

    /// Starts reading at the start of the request, be it for the first time or with another list.
    @inline(__always) private mutating func beginAgain(
        at start: Int, _ arguments: inout ArgumentList
    ) {
        arguments.begin(at: start)
        guard offset != 0 else { return }
        precondition(!hasStreamed, "The list is left alone once an argument was streamed.")
        self = RequestParser()
    }

    private mutating func remember(_ offset: Int, _ argumentsLeft: Int, _ found: Int) {
        if self.offset != UInt32(offset) { largeHeader = 0 }
        self.offset = UInt32(offset)
        self.found = Int32(found)
        left = Int32(argumentsLeft)
    }

    /// Says what is missing at the header at `position`, which is `line` as far as it is known.
    private mutating func stop(
        _ bytes: RawSpan, at position: Int, of start: Int, _ line: HeaderLine,
        _ limits: RequestLimits
    ) throws(ProtocolFailure) -> RequestStep {
        if line.next > 0, line.number >= limits.largeArgumentBytesMin {
            largeHeader = UInt32(line.next - position)
            return .largeArgument(index: Int(found), length: line.number, offset: line.next)
        }
        let needed = line.next > 0 ? line.next + line.number + 2 : bytes.byteCount + 1
        guard needed - start <= min(limits.requestBytesMax, RequestLimits.positionsMax) else {
            throw ProtocolFailure(.requestTooLarge, at: position)
        }
        return .needMore(atLeast: needed - start)
    }
}
