/// Patterns of KEYS, SCAN and PSUBSCRIBE, matched as redis 7.0 does: `*`, `?`, `[a-c]`, `[^x]`,
/// `\` before any byte.
///
/// Every part of a pattern but a star stands for one byte, so that only the last star ever needs
/// another try: there is no recursion. Oddities of redis kept: an empty string matches the empty
/// pattern only, `[` without `]` ends with the pattern, and ranges compare bytes as signed.
public struct Glob: Sendable {
    private let ignoresCase: Bool
    /// Places in the pattern and in the string.
    private var cursor = 0
    private var place = 0

    /// Whether all of `string` matches `pattern`.
    ///
    /// - Complexity: O(bytes of `pattern` × bytes of `string`) at worst. Allocates nothing.
    public static func matches(
        _ string: RawSpan, _ pattern: RawSpan, ignoringCase: Bool = false
    ) -> Bool {
        var glob = Glob(ignoresCase: ignoringCase)
        return glob.run(string, pattern)
    }

    private init(ignoresCase: Bool) {
        self.ignoresCase = ignoresCase
    }

    private mutating func run(_ string: RawSpan, _ pattern: RawSpan) -> Bool {
        /// Behind the last star met, and where its next try starts.
        var star: (cursor: Int, place: Int)?
        while true {
            if cursor < pattern.byteCount, place < string.byteCount,
                pattern.byte(at: cursor) == UInt8(ascii: "*")
            {
                skipStars(pattern)
                if cursor == pattern.byteCount { return true }
                star = (cursor, place)
            }
            if cursor < pattern.byteCount, place < string.byteCount,
                matchOne(string.byte(at: place), pattern)
            {
                place += 1
                if place == string.byteCount { skipStars(pattern) }
                continue
            }
            if cursor == pattern.byteCount, place == string.byteCount { return true }
            // What is left of the pattern needs a byte for each part: fewer will not do.
            guard let last = star, place < string.byteCount else { return false }
            (cursor, place) = (last.cursor, last.place + 1)
            guard place < string.byteCount else { return false }
            star = (cursor, place)
        }
    }

    private mutating func skipStars(_ pattern: RawSpan) {
        while cursor < pattern.byteCount, pattern.byte(at: cursor) == UInt8(ascii: "*") {
            cursor += 1
        }
    }

    /// Steps over the part at the cursor. Whether it stands for `byte`.
    private mutating func matchOne(_ byte: UInt8, _ pattern: RawSpan) -> Bool {
        var part = pattern.byte(at: cursor)
        switch part {
        case UInt8(ascii: "?"):
            cursor += 1
            return true
        case UInt8(ascii: "["):
            return matchClass(byte, pattern)
        case UInt8(ascii: "\\") where cursor + 1 < pattern.byteCount:
            cursor += 1
            part = pattern.byte(at: cursor)
        default:
            break
        }
        cursor += 1
        return folded(part) == folded(byte)
    }

    private mutating func matchClass(_ byte: UInt8, _ pattern: RawSpan) -> Bool {
        cursor += 1
        let isNegated = cursor < pattern.byteCount && pattern.byte(at: cursor) == UInt8(ascii: "^")
        if isNegated { cursor += 1 }
        var isMember = false
        while cursor < pattern.byteCount {
            let part = pattern.byte(at: cursor)
            let left = pattern.byteCount - cursor
            if part == UInt8(ascii: "\\"), left >= 2 {
                // redis minds the case here even where it ignores it.
                isMember = pattern.byte(at: cursor + 1) == byte || isMember
                cursor += 2
            } else if part == UInt8(ascii: "]") {
                cursor += 1
                break
            } else if left >= 3, pattern.byte(at: cursor + 1) == UInt8(ascii: "-") {
                isMember = inRange(byte, part, pattern.byte(at: cursor + 2)) || isMember
                cursor += 3
            } else {
                isMember = folded(part) == folded(byte) || isMember
                cursor += 1
            }
        }
        return isMember != isNegated
    }

    private func inRange(_ byte: UInt8, _ first: UInt8, _ last: UInt8) -> Bool {
        let swapped = Int8(bitPattern: first) > Int8(bitPattern: last)
        let low = Int8(bitPattern: folded(swapped ? last : first))
        let high = Int8(bitPattern: folded(swapped ? first : last))
        let value = Int8(bitPattern: folded(byte))
        return low <= value && value <= high
    }

    private func folded(_ byte: UInt8) -> UInt8 {
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        return ignoresCase && isUpper ? byte | 0x20 : byte
    }
}
