import LarderCore
import LarderMemory
import LarderWire

/// The options of `LARDER GET key LEASE`.
struct LeaseGetOptions {
    /// How long the lease is to last; nil: as long as it may.
    var milliseconds: UInt64?
    /// How long to wait; nil: as long as the namespace says.
    var waitMilliseconds: UInt64?
    /// Extends a lease that the client has.
    var token: UInt64?

    /// Reads `LEASE [ms] [WAIT ms] [TOKEN token]` from argument 3 on; nil for anything else.
    init?(_ call: borrowing Call) {
        guard call.count > 3, call[3].equalsIgnoringCase("lease") else { return nil }
        var index = 4
        if index < call.count, let number = Decimal.integer(call[index]) {
            guard number > 0 else { return nil }
            milliseconds = UInt64(number)
            index += 1
        }
        while index < call.count {
            guard index + 1 < call.count else { return nil }
            if call[index].equalsIgnoringCase("wait") {
                guard let number = Decimal.integer(call[index + 1]), number >= 0 else { return nil }
                waitMilliseconds = UInt64(number)
            } else if call[index].equalsIgnoringCase("token") {
                guard let value = LeaseToken.parse(call[index + 1]) else { return nil }
                token = value
            } else {
                return nil
            }
            index += 2
        }
    }
}

/// The options of `LARDER SET`.
struct LarderSetOptions {
    /// The lease by which the key is set.
    var token: UInt64?
    /// Place of the time among the arguments, and its unit.
    var time: (index: Int, unit: TimeUnit)?
    var tags = EntryTags()
    var priority: Priority?
    /// In microseconds.
    var cost: UInt32?

    /// Whether something of it is stored beside the value.
    var hasProvenance: Bool { !tags.isEmpty || priority != nil || cost != nil }

    private enum Word: CaseIterable {
        case lease, ex, px, tags, priority, cost

        var text: StaticString {
            switch self {
            case .lease: "lease"
            case .ex: "ex"
            case .px: "px"
            case .tags: "tags"
            case .priority: "priority"
            case .cost: "cost"
            }
        }

        init?(_ word: RawSpan) {
            for candidate in Self.allCases where word.equalsIgnoringCase(candidate.text) {
                self = candidate
                return
            }
            return nil
        }
    }

    /// Why options were refused.
    enum Refusal: Error {
        case syntax, tags
    }

    /// Reads the options from argument 4 on.
    init(_ call: borrowing Call) throws(Refusal) {
        var index = 4
        while index < call.count {
            guard let word = Word(call[index]), index + 1 < call.count else { throw .syntax }
            index += 1
            if word == .tags {
                index = try readTags(call, from: index)
            } else {
                try read(word, call, at: index)
                index += 1
            }
        }
    }

    private mutating func read(_ word: Word, _ call: borrowing Call, at index: Int) throws(Refusal)
    {
        let value = call[index]
        switch word {
        case .lease:
            guard let read = LeaseToken.parse(value) else { throw .syntax }
            token = read
        case .ex, .px:
            guard time == nil else { throw .syntax }
            time = (index, word == .ex ? .seconds : .milliseconds)
        case .priority:
            if value.equalsIgnoringCase("low") {
                priority = .low
            } else if value.equalsIgnoringCase("normal") {
                priority = .normal
            } else if value.equalsIgnoringCase("high") {
                priority = .high
            } else {
                throw .syntax
            }
        case .cost:
            guard let read = Decimal.integer(value), let read = UInt32(exactly: read) else {
                throw .syntax
            }
            cost = read
        case .tags: throw .syntax
        }
    }

    /// Reads tags up to the next option.
    ///
    /// - Returns: Its place.
    private mutating func readTags(
        _ call: borrowing Call, from first: Int
    ) throws(Refusal) -> Int {
        var names = tags.all
        var index = first
        while index < call.count, Word(call[index]) == nil {
            names.append(call[index].bytes)
            index += 1
        }
        guard index > first else { throw .syntax }
        guard let read = EntryTags(names) else { throw .tags }
        tags = read
        return index
    }
}

/// A lease's token as clients see it: 16 hexadecimal digits.
enum LeaseToken {
    static func text(_ token: UInt64) -> String {
        let digits = String(token, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func parse(_ word: RawSpan) -> UInt64? {
        guard word.byteCount == 16 else { return nil }
        let text = word.text
        return text.hasPrefix("+") ? nil : UInt64(text, radix: 16)
    }
}
