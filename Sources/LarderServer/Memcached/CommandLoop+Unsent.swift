import LarderCore
import LarderMemory
import LarderWire

// memcached answers the requests that it has read, then sends the answers, and until then holds the
// items that `mg` answered with. `incr`, `decr` and `ma` of an item that is held do not change it:
// a new one takes its place, without blanks behind a number that became shorter, and without marks.
extension CommandLoop {
    /// Requests behind the first one after which memcached sends what it has (`reqs_per_event`).
    private static var requestsMax: Int { 20 }
    /// Bytes that memcached reads at once.
    private static var bytesMax: Int { 16 << 10 }

    /// Whether memcached would hold this entry for the same client, where it matters.
    ///
    /// Not looked at for a number of the same length that nobody was told to replace: a new entry
    /// would differ from it in `h` only, and to look costs the more the longer the pipeline is.
    func isUnsent(
        _ access: borrowing KeyAccess, _ digits: DecimalText, _ hash: UInt64,
        _ call: borrowing Call
    ) -> Bool {
        let marks = access.marks
        guard digits.bytes.byteCount < access.valueLength || !marks.isSubset(of: .fetched) else {
            return false
        }
        // Whoever wrote the entry after a read has taken the mark of that away.
        return isHeld(hash, by: call.bytesBefore, despiteWrites: marks.contains(.fetched))
    }

    /// Whether the last of the requests in `bytes` leave the item of a key held. What comes behind
    /// the twentieth is taken for sent, so that a long pipeline is not read again for each request.
    ///
    /// - Complexity: O(bytes of twenty requests, without their values).
    @inline(never)
    private func isHeld(_ hash: UInt64, by bytes: RawSpan, despiteWrites: Bool) -> Bool {
        var parser = MemcachedParser()
        var (position, windowStart, isHeld) = (0, 0, false)
        for _ in 0...Self.requestsMax {
            let step = queuedArguments.parse(&parser, bytes, from: position, limits: lineLimits)
            switch step {
            case .command(let command, let end):
                if command.verb.isSentAtOnce {
                    isHeld = false
                } else if command.verb == .metaGet {
                    isHeld = isHeld || concerns(hash, command.verb, bytes)
                } else if isHeld, !despiteWrites, command.verb.replaces {
                    isHeld = !concerns(hash, command.verb, bytes)
                }
                position = end
            case .failure(let failure, let command, let end):
                if failure == .badFormat, command.verb.isSentAtOnce { isHeld = false }
                position = end
            case .skipped(let end): position = end
            // Here begins the request at hand.
            case .needMore, .largeValue, .close: return isHeld
            }
            if position - windowStart > Self.bytesMax { (isHeld, windowStart) = (false, position) }
        }
        return false
    }

    /// Whether the request that was read last is in order, and of this key.
    private func concerns(_ hash: UInt64, _ verb: MemcachedVerb, _ bytes: RawSpan) -> Bool {
        let call = queuedArguments.call(in: bytes)
        let places = verb.flagPlaces(count: call.count)
        guard let flags = try? MetaFlags(call, places), !flags.hasLongOpaque else { return false }
        var isSame = false
        flags.withKey(call[0]) { isSame = store.hash($0) == hash }
        return isSame
    }
}

extension MemcachedVerb {
    /// Whether memcached sends the answer at once, and all before it.
    fileprivate var isSentAtOnce: Bool {
        switch self {
        case .get, .gets, .gat, .gats, .metaNoOperation: true
        default: false
        }
    }

    /// Whether another item takes the place of the one that is there.
    fileprivate var replaces: Bool {
        switch self {
        case .set, .replace, .append, .prepend, .cas, .delete, .increment, .decrement: true
        case .metaSet, .metaDelete, .metaArithmetic: true
        default: false
        }
    }

    fileprivate func flagPlaces(count: Int) -> Range<Int> {
        switch self {
        case .metaGet, .metaDelete, .metaArithmetic: 1..<count
        // Behind the key stands the length, behind the flags the value.
        case .metaSet: 2..<max(2, count - 1)
        default: 0..<0
        }
    }
}
