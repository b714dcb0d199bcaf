/// Reads a command whose words behind the verb are in an `ArgumentList`, and leaves there what
/// `MemcachedVerb` says.
enum MemcachedWords {
    static func command(
        _ command: MemcachedCommand, _ bytes: RawSpan, _ words: inout ArgumentList
    ) -> MemcachedLine.Outcome {
        var command = command
        guard countRange(command.verb).contains(words.count) else {
            return .failure(.unknownCommand, command)
        }
        switch command.verb {
        case .set, .add, .replace, .append, .prepend, .cas:
            return write(&command, bytes, &words)
        case .increment, .decrement:
            return keyAndNumber(&command, bytes, &words) { command, word in
                MemcachedNumber.unsigned64(bytes, word).map { command.number = $0 } == nil
                    ? .invalidDelta : nil
            }
        case .touch:
            return keyAndNumber(&command, bytes, &words) { command, word in
                MemcachedNumber.signed32(bytes, word).map { command.expiry = $0 } == nil
                    ? .invalidExpiry : nil
            }
        case .delete: return delete(&command, bytes, &words)
        case .flushAll: return flushAll(&command, bytes, words)
        case .verbosity: return verbosity(&command, bytes, words)
        case .metaGet, .metaSet, .metaDelete, .metaArithmetic:
            return meta(&command, bytes, words)
        case .cacheMemoryLimit, .lru, .slabs, .extstore, .watch:
            command.isQuiet = isQuiet(bytes, words)
            return .success(command)
        default: return .success(command)
        }
    }

    /// How many words memcached wants behind the verb. More than the grammar has: it takes any last
    /// word where `noreply` may be.
    private static func countRange(_ verb: MemcachedVerb) -> ClosedRange<Int> {
        switch verb {
        case .set, .add, .replace, .append, .prepend: 4...5
        case .cas: 5...6
        case .increment, .decrement, .touch: 2...3
        case .delete: 1...3
        case .flushAll: 0...2
        case .verbosity, .cacheMemoryLimit: 1...2
        case .lru, .extstore: 1...Int.max
        case .metaGet, .metaSet, .metaDelete, .metaArithmetic: 1...Int.max
        default: 0...Int.max
        }
    }

    private static func isQuiet(_ bytes: RawSpan, _ words: borrowing ArgumentList) -> Bool {
        !words.isEmpty && bytes.equals("noreply", in: words[words.count - 1])
    }

    /// A meta command. What its flags mean is not looked at, only where the value of `ms` ends.
    private static func meta(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: borrowing ArgumentList
    ) -> MemcachedLine.Outcome {
        let isSet = command.verb == .metaSet
        guard words[0].count <= MemcachedLimits.keyBytesMax, !isSet || words.count > 1 else {
            return .failure(.badFormat, command)
        }
        guard words.count <= 18 else {
            return .failure(command.verb == .metaGet ? .tooManyGetFlags : .tooManyFlags, command)
        }
        guard isSet else { return .success(command) }
        guard let byteCount = MemcachedNumber.signed32(bytes, words[1]),
            byteCount >= 0, byteCount <= Int32.max - 2
        else { return .failure(.badFormat, command) }
        command.byteCount = Int(byteCount)
        return .success(command)
    }

    @inline(__always) private static func write(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: inout ArgumentList
    ) -> MemcachedLine.Outcome {
        command.isQuiet = isQuiet(bytes, words)
        guard words[0].count <= MemcachedLimits.keyBytesMax,
            let flags = MemcachedNumber.unsigned32(bytes, words[1]),
            let expiry = MemcachedNumber.signed32(bytes, words[2]),
            let byteCount = MemcachedNumber.signed32(bytes, words[3]),
            byteCount >= 0, byteCount <= Int32.max - 2
        else { return .failure(.badFormat, command) }
        if command.verb == .cas {
            guard let version = MemcachedNumber.unsigned64(bytes, words[4]) else {
                return .failure(.badFormat, command)
            }
            command.number = version
        }
        (command.flags, command.expiry) = (flags, expiry)
        command.byteCount = Int(byteCount)
        words.truncate(to: 1)
        return .success(command)
    }

    @inline(__always) private static func keyAndNumber(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: inout ArgumentList,
        number: (inout MemcachedCommand, Range<Int>) -> MemcachedFailure?
    ) -> MemcachedLine.Outcome {
        command.isQuiet = isQuiet(bytes, words)
        guard words[0].count <= MemcachedLimits.keyBytesMax else {
            return .failure(.badFormat, command)
        }
        if let failure = number(&command, words[1]) { return .failure(failure, command) }
        words.truncate(to: 1)
        return .success(command)
    }

    private static func delete(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: inout ArgumentList
    ) -> MemcachedLine.Outcome {
        if words.count > 1 {
            // Once a time in seconds could stand here; a zero still may.
            let isZero = bytes.equals("0", in: words[1])
            command.isQuiet = isQuiet(bytes, words)
            let isValid =
                words.count == 2 ? isZero || command.isQuiet : isZero && command.isQuiet
            guard isValid else { return .failure(.badDelete, command) }
        }
        guard words[0].count <= MemcachedLimits.keyBytesMax else {
            return .failure(.badFormat, command)
        }
        words.truncate(to: 1)
        return .success(command)
    }

    private static func flushAll(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: borrowing ArgumentList
    ) -> MemcachedLine.Outcome {
        command.isQuiet = isQuiet(bytes, words)
        if words.count != (command.isQuiet ? 1 : 0) {
            guard let delay = MemcachedNumber.signed32(bytes, words[0]) else {
                return .failure(.invalidExpiry, command)
            }
            command.expiry = delay
        }
        return .success(command)
    }

    private static func verbosity(
        _ command: inout MemcachedCommand, _ bytes: RawSpan, _ words: borrowing ArgumentList
    ) -> MemcachedLine.Outcome {
        command.isQuiet = isQuiet(bytes, words)
        guard let level = MemcachedNumber.unsigned32(bytes, words[0]) else {
            return .failure(.badFormat, command)
        }
        command.number = UInt64(level)
        return .success(command)
    }
}
