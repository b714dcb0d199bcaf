/// Reads memcached's text protocol: a command line, and behind writes a value of announced size.
///
/// It takes and refuses what memcached 1.6.18 does, whose errors end a command, not a connection.
/// It remembers how much of a line it has searched, so that one that arrives byte by byte costs
/// linear time. One per connection, of 16 bytes.
public struct MemcachedParser: Sendable {
    /// Bytes of the line that hold no line end.
    private var scanned = 0
    /// Bytes to drop of a value that was refused.
    private var unwanted = 0

    /// A parser before its first command.
    public init() {}

    /// Whether a part of a command has been looked at, or one that was refused is being dropped.
    public var isInsideCommand: Bool { scanned > 0 || unwanted > 0 }

    /// Goes on with the command that starts at `bytes[start]`.
    ///
    /// - Parameters:
    ///   - bytes: All bytes of this command so far, and perhaps of later ones.
    ///   - start: Where it starts. May differ from call to call.
    ///   - limits: What the client may demand.
    ///   - arguments: Gets the places of keys, value or words. Need not survive between calls.
    /// - Returns: A command, a refused one, or what is missing of one.
    /// - Complexity: O(bytes of the command line) and O(bytes of `get` not yet seen). Allocates
    ///   nothing, but for a list that grows beyond the most that it ever held.
    public mutating func parse(
        _ bytes: RawSpan, from start: Int, limits: MemcachedLimits,
        into arguments: inout ArgumentList
    ) -> MemcachedStep {
        arguments.begin(at: start)
        guard start < bytes.byteCount else { return .needMore(atLeast: 1) }
        if unwanted > 0 {
            let dropped = min(unwanted, bytes.byteCount - start)
            unwanted -= dropped
            return .skipped(end: start + dropped)
        }
        let newline = bytes.firstIndex(
            of: UInt8(ascii: "\n"), in: start + scanned..<bytes.byteCount)
        let lineEnd = newline ?? bytes.byteCount
        if lineEnd - start > limits.lineBytesMax,
            lineEnd - start > Self.lengthMax(bytes, start..<lineEnd, limits)
        {
            return .close
        }
        guard let newline else {
            scanned = lineEnd - start
            return .needMore(atLeast: scanned + 1)
        }
        scanned = 0
        var line = MemcachedLine(bytes, start..<newline)
        switch line.command(bytes, start, into: &arguments) {
        case .success(let command) where command.hasValue:
            return value(bytes, of: command, start, newline + 1, limits, into: &arguments)
        case .success(let command):
            return .command(command, end: newline + 1)
        case .failure(let failure, let command):
            return .failure(failure, command, end: newline + 1)
        case .close: return .close
        }
    }

    /// The longest a line that starts like this may be.
    private static func lengthMax(
        _ bytes: RawSpan, _ line: Range<Int>, _ limits: MemcachedLimits
    ) -> Int {
        var first = line.lowerBound
        // memcached suffers this many blanks before a long line.
        let last = min(first + 100, line.upperBound)
        while first < last, bytes.byte(at: first) == UInt8(ascii: " ") { first += 1 }
        // Blanks alone may yet be followed by a command.
        let isOpen = first < line.lowerBound + 100 && line.upperBound - first < 3
        let isGet = bytes.matches("get", at: first) || bytes.matches("gat", at: first)
        guard isGet || isOpen else { return limits.lineBytesMax }
        return max(limits.getLineBytesMax, limits.lineBytesMax)
    }

    /// Finds the value at `offset` that belongs to `command`.
    private mutating func value(
        _ bytes: RawSpan, of command: MemcachedCommand, _ start: Int, _ offset: Int,
        _ limits: MemcachedLimits, into arguments: inout ArgumentList
    ) -> MemcachedStep {
        let byteCount = command.byteCount
        guard byteCount <= limits.valueBytesMax else {
            unwanted = byteCount + 2
            return .failure(.valueTooLarge, command, end: offset)
        }
        let end = offset &+ byteCount
        guard bytes.byteCount &- end >= 2 else {
            return byteCount >= limits.largeValueBytesMin
                ? .largeValue(command, offset: offset) : .needMore(atLeast: end + 2 - start)
        }
        guard bytes.byte(at: end) == UInt8(ascii: "\r"),
            bytes.byte(at: end &+ 1) == UInt8(ascii: "\n")
        else { return .failure(.badDataChunk, command, end: end + 2) }
        arguments.append(offset: offset &- start, length: byteCount)
        return .command(command, end: end &+ 2)
    }
}
