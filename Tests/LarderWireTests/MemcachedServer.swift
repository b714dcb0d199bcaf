import LarderCore
import LarderWire

/// A small memcached around a `MemcachedParser`, as a connection of the real one has it: one
/// buffer, from which understood commands are dropped.
struct MemcachedServer: ~Copyable {
    struct Entry {
        var flags: UInt32
        var value: [UInt8]
    }

    var limits = MemcachedLimits()
    private var parser = MemcachedParser()
    private var arguments = ArgumentList(capacity: 1)
    private var output = OutputBuffer(capacity: 0)
    private var buffer: [UInt8] = []
    private var entries: [[UInt8]: Entry] = [:]
    private(set) var isClosed = false
    private(set) var needed = 1
    /// What the parser said, without its need for more.
    private(set) var steps: [MemcachedStep] = []

    init() {}

    var reply: [UInt8] { output.contents }
    var pending: Int { buffer.count }

    mutating func receive(_ bytes: some Sequence<UInt8>) {
        buffer += bytes
        let held = buffer
        let start = withRaw(held) { parseAll($0) }
        buffer.removeFirst(start)
    }

    private mutating func parseAll(_ bytes: RawSpan) -> Int {
        var start = 0
        while !isClosed {
            let step = parser.parse(bytes, from: start, limits: limits, into: &arguments)
            switch step {
            case .command(let command, let end):
                serve(command, (0..<arguments.count).map { bytes.array(arguments[$0]) })
                start = end
            case .failure(let failure, let command, let end):
                if failure == .valueTooLarge, command.verb == .set {
                    entries[bytes.array(arguments[0])] = nil
                }
                if !command.isQuiet { failure.append(to: &output) }
                start = end
            case .skipped(let end):
                start = end
            case .largeValue(let command, let offset):
                needed = offset - start + command.byteCount + 2
                return start
            case .needMore(let atLeast):
                needed = atLeast
                return start
            case .close:
                isClosed = true
            }
            steps.append(step)
        }
        return start
    }

    private mutating func serve(_ command: MemcachedCommand, _ words: [[UInt8]]) {
        switch command.verb {
        case .get, .gets, .gat, .gats:
            for key in words { appendEntry(key, command.verb) }
            output.append(.end)
        case .set, .add, .replace, .append, .prepend, .cas:
            answer(command, store(command, words[0], words[1]))
        case .increment, .decrement: count(command, words[0])
        case .delete:
            answer(command, entries.removeValue(forKey: words[0]) == nil ? .notFound : .deleted)
        case .touch: answer(command, entries[words[0]] == nil ? .notFound : .touched)
        case .flushAll:
            entries = [:]
            answer(command, .ok)
        case .verbosity: answer(command, .ok)
        case .version: output.append("VERSION 1.6.18\r\n".utf8)
        case .quit: isClosed = true
        case .stats: output.append(words.isEmpty ? .end : .reset)
        case .metaNoOperation: output.append(.metaNoOperation)
        case .shutdown: output.append("ERROR: shutdown not enabled\r\n".utf8)
        default: output.append("ERROR\r\n".utf8)
        }
    }

    private mutating func answer(_ command: MemcachedCommand, _ reply: MemcachedReplyLine) {
        if !command.isQuiet { output.append(reply) }
    }

    private mutating func appendEntry(_ key: [UInt8], _ verb: MemcachedVerb) {
        guard let entry = entries[key] else { return }
        let version: UInt64? = verb == .gets || verb == .gats ? 1 : nil
        withRaw(key) { key in
            withRaw(entry.value) { value in
                output.appendValue(key: key, flags: entry.flags, value: value, version: version)
            }
        }
    }

    private mutating func store(
        _ command: MemcachedCommand, _ key: [UInt8], _ value: [UInt8]
    ) -> MemcachedReplyLine {
        let old = entries[key]
        var new = Entry(flags: command.flags, value: value)
        switch command.verb {
        case .add where old != nil, .replace where old == nil: return .notStored
        case .append, .prepend:
            guard let old else { return .notStored }
            let isAppend = command.verb == .append
            new = Entry(flags: old.flags, value: isAppend ? old.value + value : value + old.value)
        case .cas: return old == nil ? .notFound : .exists
        default: break
        }
        entries[key] = command.expiry < 0 ? nil : new
        return .stored
    }

    private mutating func count(_ command: MemcachedCommand, _ key: [UInt8]) {
        guard let entry = entries[key] else { return answer(command, .notFound) }
        guard let old = UInt64(String(decoding: entry.value, as: UTF8.self)) else {
            return answer(command, .notANumber)
        }
        let isLess = command.verb == .decrement
        let new = isLess ? old - min(old, command.number) : old &+ command.number
        var digits = Array(String(new).utf8)
        // A shorter number keeps the length of the old one.
        while isLess, digits.count < entry.value.count { digits.append(UInt8(ascii: " ")) }
        entries[key]?.value = digits
        if !command.isQuiet { output.appendNumberLine(new) }
    }
}
