import FuzzSupport
import LarderCore
import LarderWire

/// A connection that reads commands, and writes down what it saw.
struct CommandReader: ~Copyable {
    enum Event: Equatable {
        case command(MemcachedCommand, [[UInt8]])
        case failure(MemcachedFailure, MemcachedCommand)
        case close
    }

    private var limits = MemcachedLimits()
    private var parser = MemcachedParser()
    private var arguments = ArgumentList(capacity: 1)
    private var buffer: [UInt8] = []
    private var written = OutputBuffer(capacity: 1, limit: 1 << 24)
    private(set) var transcript: [Event] = []
    private(set) var consumed = 0
    private var isClosed = false

    init(choice: UInt8) {
        limits.valueBytesMax = choice & 4 == 0 ? 100 : 1 << 20
        limits.largeValueBytesMin = 20
        if choice & 8 != 0 { (limits.lineBytesMax, limits.getLineBytesMax) = (40, 200) }
    }

    var output: [UInt8] { written.withBytes { $0.array(0..<$0.byteCount) } }

    mutating func receive(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        buffer += bytes
        let held = buffer
        let end = withRaw(held) { parseAll($0) }
        consumed += end
        buffer.removeFirst(end)
    }

    private mutating func parseAll(_ bytes: RawSpan) -> Int {
        var start = 0
        while true {
            let step = parser.parse(bytes, from: start, limits: limits, into: &arguments)
            let next: Int
            switch step {
            case .command(let command, let end):
                note(command, bytes, start..<end)
                next = end
            case .failure(let failure, let command, let end):
                failure.append(to: &written)
                transcript.append(.failure(failure, command))
                next = end
            case .skipped(let end):
                next = end
            case .largeValue(let command, let offset):
                require(command.byteCount >= 20, "a large value is large")
                // Behind the key of a meta command stand its flags.
                let hasKey = arguments.count == 1 || command.verb == .metaSet && !arguments.isEmpty
                require(hasKey, "the key of a large value is known")
                require(offset + command.byteCount + 2 > bytes.byteCount, "it is not all there")
                return start
            case .needMore(let atLeast):
                require(atLeast > bytes.byteCount - start, "more is needed than there is")
                return start
            case .close:
                transcript.append(.close)
                isClosed = true
                return start
            }
            require(next > start && next <= bytes.byteCount, "a command ends behind its start")
            start = next
        }
    }

    private mutating func note(
        _ command: MemcachedCommand, _ bytes: RawSpan, _ range: Range<Int>
    ) {
        let words = (0..<arguments.count).map { index in
            let place = arguments[index]
            require(place.lowerBound >= range.lowerBound, "an argument starts in its command")
            require(place.upperBound <= range.upperBound, "an argument ends in its command")
            return bytes.array(place)
        }
        transcript.append(.command(command, words))
        if command.isWrite {
            require(words.count == 2 && words[1].count == command.byteCount, "a write has a value")
            withRaw(words[0]) { key in
                withRaw(words[1]) { value in
                    written.appendValue(
                        key: key, flags: command.flags, value: value, version: command.number)
                }
            }
        }
        let reply = MemcachedReplyLine.allCases[Int(command.verb.rawValue) % 12]
        written.append(reply)
        written.appendNumberLine(command.number)
        written.appendStatistic("flags", UInt64(command.flags))
        if let word = words.first { withRaw(word) { written.appendStatistic("word", $0) } }
    }
}

/// A client's connection that reads replies, and writes down what it saw.
struct MemcachedReplyReader {
    private var buffer: [UInt8] = []
    private(set) var replies: [[UInt8]] = []
    private(set) var failure: MemcachedReplyFailure.Cause?

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
            while let found = try MemcachedReplyParser.parse(bytes, from: start) {
                require(found.end > start && found.end <= bytes.byteCount, "a reply ends inside")
                replies.append(note(found.reply, bytes))
                start = found.end
            }
        } catch {
            failure = error.cause
        }
        return start
    }

    private func note(_ reply: MemcachedReply, _ bytes: RawSpan) -> [UInt8] {
        switch reply {
        case .value(let key, _, _, let value): bytes.array(key) + bytes.array(value)
        case .line(let line): [line.rawValue]
        case .number(let number): Array(String(number).utf8)
        case .error(let line), .other(let line): bytes.array(line)
        }
    }
}
