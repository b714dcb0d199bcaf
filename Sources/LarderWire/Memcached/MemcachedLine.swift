/// A command line: words, separated by spaces and nothing else.
struct MemcachedLine {
    enum Outcome {
        case success(MemcachedCommand)
        case failure(MemcachedFailure, MemcachedCommand)
        /// The connection is to be closed.
        case close
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
        let name = word(bytes)
        let verb = MemcachedVerb.named(bytes, name)
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
        case .unknown:
            return isHTTP(bytes, name) ? .close : .failure(.unknownCommand, command)
        default:
            if let write = plainWrite(command, bytes, start, into: &arguments) {
                return .success(write)
            }
            words(bytes, start, into: &arguments)
            return MemcachedWords.command(command, bytes, &arguments)
        }
    }

    /// The next word, empty at the end of the line.
    @inline(__always) private mutating func word(_ bytes: RawSpan) -> Range<Int> {
        let space = UInt8(ascii: " ")
        while cursor < end, bytes.byte(at: cursor) == space { cursor &+= 1 }
        let first = cursor
        cursor = bytes.firstIndex(of: space, in: first..<end) ?? end
        return first..<cursor
    }

    /// Reads the words of a write as sane clients send them: one space between them, plain digits.
    /// `nil` says nothing about the line, and reads nothing.
    @inline(__always) private func plainWrite(
        _ command: MemcachedCommand, _ bytes: RawSpan, _ start: Int,
        into arguments: inout ArgumentList
    ) -> MemcachedCommand? {
        guard command.isWrite, command.verb != .cas, cursor &+ 1 < end else { return nil }
        let key = cursor &+ 1
        guard let keyEnd = bytes.firstIndex(of: UInt8(ascii: " "), in: key..<end), keyEnd > key,
            keyEnd &- key <= MemcachedLimits.keyBytesMax
        else { return nil }
        var place = keyEnd &+ 1
        let flags = plainNumber(bytes, &place)
        let expiry = plainNumber(bytes, &place)
        let byteCount = plainNumber(bytes, &place)
        guard flags | expiry | byteCount >= 0 else { return nil }
        var command = command
        if place <= end {
            guard bytes.equals("noreply", in: place..<end) else { return nil }
            command.isQuiet = true
        }
        (command.flags, command.expiry) = (UInt32(flags), Int32(expiry))
        command.byteCount = byteCount
        arguments.append(offset: key &- start, length: keyEnd &- key)
        return command
    }

    /// The number of one to nine digits at `place`, which moves behind the space or the line's end
    /// that follows; -1 for anything else.
    @inline(__always) private func plainNumber(_ bytes: RawSpan, _ place: inout Int) -> Int {
        let first = place
        var number = 0
        while place < end {
            let digit = bytes.byte(at: place) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            number = number &* 10 &+ Int(digit)
            place &+= 1
        }
        let digits = place &- first
        let isEnded = place >= end || bytes.byte(at: place) == UInt8(ascii: " ")
        place &+= 1
        return digits >= 1 && digits <= 9 && isEnded ? number : -1
    }

    /// Whether the rest of a line, which is no command, seems to be of a browser. memcached looks
    /// at this only when no command begins with the same letter.
    private mutating func isHTTP(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
        guard name.count > 1 else { return false }
        switch bytes.byte(at: name.lowerBound) {
        case UInt8(ascii: "a"), UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "g"),
            UInt8(ascii: "i"), UInt8(ascii: "s"), UInt8(ascii: "t"):
            return false
        case UInt8(ascii: "m") where name.count == 2: return false
        default: break
        }
        var last = name
        while case let next = word(bytes), !next.isEmpty { last = next }
        return last.count >= 5 && bytes.matches("HTTP/", at: last.lowerBound)
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
