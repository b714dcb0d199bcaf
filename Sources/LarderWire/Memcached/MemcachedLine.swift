/// A command line: words, separated by spaces and nothing else.
struct MemcachedLine {
    enum Outcome {
        case success(MemcachedCommand)
        case failure(MemcachedFailure, MemcachedCommand)
    }

    private var cursor: Int
    private let end: Int

    /// The line without its carriage return, and without what stands behind a zero byte: memcached
    /// reads lines as C strings.
    init(_ bytes: RawSpan, _ line: Range<Int>) {
        var end = line.upperBound
        if line.count > 1, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        cursor = line.lowerBound
        self.end = bytes.firstIndex(of: 0, in: cursor..<end) ?? end
    }

    /// Reads the whole line. Places in `arguments` are relative to `start`.
    mutating func command(
        _ bytes: RawSpan, _ start: Int, into arguments: inout ArgumentList
    ) -> Outcome {
        let verb = MemcachedVerb.named(bytes, word(bytes))
        var command = MemcachedCommand(verb)
        switch verb {
        case .get, .gets:
            return keys(bytes, start, command, countMin: 1, into: &arguments)
        case .gat, .gats:
            let expiry = word(bytes)
            guard !expiry.isEmpty else { return .failure(.unknownCommand, command) }
            guard let seconds = MemcachedNumber.signed32(bytes, expiry) else {
                return .failure(.invalidExpiry, command)
            }
            command.expiry = seconds
            return keys(bytes, start, command, countMin: 0, into: &arguments)
        case .shutdown:
            return .failure(.shutdownDisabled, command)
        case .unknown:
            return .failure(.unknownCommand, command)
        default:
            words(bytes, start, into: &arguments)
            return MemcachedWords.command(command, bytes, &arguments)
        }
    }

    /// The next word, empty at the end of the line.
    @inline(__always) private mutating func word(_ bytes: RawSpan) -> Range<Int> {
        let space = UInt8(ascii: " ")
        while cursor < end, bytes.byte(at: cursor) == space { cursor &+= 1 }
        let first = cursor
        while cursor < end, bytes.byte(at: cursor) != space { cursor &+= 1 }
        return first..<cursor
    }

    private mutating func words(
        _ bytes: RawSpan, _ start: Int, into arguments: inout ArgumentList
    ) {
        while true {
            let word = word(bytes)
            guard !word.isEmpty else { return }
            arguments.append(offset: word.lowerBound &- start, length: word.count)
        }
    }

    private mutating func keys(
        _ bytes: RawSpan, _ start: Int, _ command: MemcachedCommand, countMin: Int,
        into arguments: inout ArgumentList
    ) -> Outcome {
        while true {
            let key = word(bytes)
            guard !key.isEmpty else { break }
            guard key.count <= MemcachedLimits.keyBytesMax else {
                return .failure(.badFormat, command)
            }
            arguments.append(offset: key.lowerBound &- start, length: key.count)
        }
        guard arguments.count >= countMin else { return .failure(.unknownCommand, command) }
        return .success(command)
    }
}
