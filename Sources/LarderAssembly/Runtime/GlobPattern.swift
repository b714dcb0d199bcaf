/// A pattern as CONFIG GET takes it: `*`, `?`, `[a-c]`, `[^a]`, `\x`; letters match either case.
struct GlobPattern {
    private let pattern: [UInt8]

    init(_ pattern: String) {
        self.pattern = Array(pattern.lowercased().utf8)
    }

    /// Whether the pattern has any of the special characters; otherwise it is a plain name.
    var isPlain: Bool {
        pattern.allSatisfy { "*?[".utf8.contains($0) == false }
    }

    /// Whether the whole of `name` matches.
    ///
    /// - Complexity: O(pattern · name): only the last star is ever taken back.
    func matches(_ name: String) -> Bool {
        let name = Array(name.lowercased().utf8)
        var (at, place) = (0, 0)
        var retry: (at: Int, place: Int)?
        while place < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                retry = (at + 1, place)
                at += 1
            } else if let next = step(at, name[place]) {
                (at, place) = (next, place + 1)
            } else if let (star, from) = retry {
                retry = (star, from + 1)
                (at, place) = (star, from + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where the pattern goes on when its part at `at` matches `byte`; nil when it does not.
    private func step(_ at: Int, _ byte: UInt8) -> Int? {
        guard at < pattern.count else { return nil }
        switch pattern[at] {
        case UInt8(ascii: "?"): return at + 1
        case UInt8(ascii: "["): return classStep(at + 1, byte)
        case UInt8(ascii: "\\") where at + 1 < pattern.count:
            return pattern[at + 1] == byte ? at + 2 : nil
        default: return pattern[at] == byte ? at + 1 : nil
        }
    }

    /// The same for a class, whose inside begins at `start`. One that is not closed ends with the
    /// pattern, as in redis.
    private func classStep(_ start: Int, _ byte: UInt8) -> Int? {
        var at = start
        let isNegated = at < pattern.count && pattern[at] == UInt8(ascii: "^")
        if isNegated { at += 1 }
        var isInside = false
        while at < pattern.count, pattern[at] != UInt8(ascii: "]") {
            if pattern[at] == UInt8(ascii: "\\"), at + 1 < pattern.count {
                isInside = isInside || pattern[at + 1] == byte
                at += 2
            } else if at + 2 < pattern.count, pattern[at + 1] == UInt8(ascii: "-") {
                let (low, high) = (pattern[at], pattern[at + 2])
                isInside = isInside || (min(low, high)...max(low, high)).contains(byte)
                at += 3
            } else {
                isInside = isInside || pattern[at] == byte
                at += 1
            }
        }
        return isInside != isNegated ? min(at + 1, pattern.count) : nil
    }
}
