import LarderWire

/// Commands that tune how memcached lays out its memory. They are understood and answered as there,
/// and change nothing: entries are in no classes between which memory would have to be moved.
enum MemcachedTuning {
    /// The reply to `lru`, `slabs` or `extstore`.
    static func reply(to verb: MemcachedVerb, _ call: borrowing Call) -> StaticString {
        switch verb {
        case .lru: lru(call)
        case .slabs: slabs(call)
        default: extstore(call)
        }
    }

    private static func number(_ word: RawSpan) -> UInt32? {
        MemcachedNumber.unsigned32(word, 0..<word.byteCount)
    }

    private static func lru(_ call: borrowing Call) -> StaticString {
        switch call[0].text {
        case "tune" where call.count >= 5: return lruShares(call)
        case "mode" where call.count >= 2:
            return ["flat", "segmented"].contains(call[1].text) ? "OK" : "ERROR"
        case "temp_ttl" where call.count >= 2:
            let seconds = MemcachedNumber.signed32(call[1], 0..<call[1].byteCount)
            return seconds == nil ? "ERROR" : "OK"
        default: return "ERROR"
        }
    }

    private static func lruShares(_ call: borrowing Call) -> StaticString {
        guard let hot = number(call[1]), let warm = number(call[2]),
            let hotFactor = Double(call[3].text), let warmFactor = Double(call[4].text)
        else { return "ERROR" }
        guard hot &+ warm <= 80 else { return "ERROR hot and warm pcts must not exceed 80" }
        guard hotFactor > 0, warmFactor > 0 else {
            return "ERROR hot/warm age factors must be greater than 0"
        }
        return "OK"
    }

    private static func slabs(_ call: borrowing Call) -> StaticString {
        guard call.count >= 2 else { return "ERROR" }
        if call.count == 3, call[0].text == "reassign" { return reassign(call) }
        guard call[0].text == "automove" else { return "ERROR" }
        if call[1].text == "ratio" {
            return call.count >= 3 && Double(call[2].text) != nil ? "OK" : "ERROR"
        }
        guard let level = number(call[1]) else { return "CLIENT_ERROR bad command line format" }
        return level <= 2 ? "OK" : "ERROR"
    }

    private static func reassign(_ call: borrowing Call) -> StaticString {
        guard let from = MemcachedNumber.signed32(call[1], 0..<call[1].byteCount),
            let to = MemcachedNumber.signed32(call[2], 0..<call[2].byteCount)
        else { return "CLIENT_ERROR bad command line format" }
        if from == to { return "SAME src and dst class are identical" }
        // The pool and the one class that `stats slabs` shows.
        let classes: ClosedRange<Int32> = 0...1
        return classes.contains(from) && classes.contains(to)
            ? "NOSPARE source class has no spare pages" : "BADCLASS invalid src or dst class id"
    }

    private static func extstore(_ call: borrowing Call) -> StaticString {
        guard call.count >= 2 else { return "ERROR" }
        switch call[0].text {
        case "free_memchunks":
            guard call.count >= 3, let sizeClass = number(call[1]), number(call[2]) != nil else {
                return "ERROR"
            }
            return sizeClass < 64 ? "OK" : "ERROR"
        case "item_size", "item_age", "low_ttl", "recache_rate", "compact_under", "drop_under",
            "max_sleep", "drop_unread":
            return number(call[1]) == nil ? "ERROR" : "OK"
        case "max_frag": return Double(call[1].text) == nil ? "ERROR" : "OK"
        default: return "ERROR"
        }
    }
}
