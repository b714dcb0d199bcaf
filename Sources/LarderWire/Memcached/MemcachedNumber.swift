/// Numbers as memcached reads them: with `strtol` and its kin, blanks and signs included, and what
/// is above 32 bits cut off.
public enum MemcachedNumber {
    /// The number that a value begins with, as `incr` and `decr` take it: blanks, digits, then the
    /// end, a zero byte or a blank.
    public static func value(_ bytes: RawSpan) -> UInt64? {
        let end = bytes.firstIndex(of: 0, in: 0..<bytes.byteCount) ?? bytes.byteCount
        return unsigned64(bytes, 0..<end)
    }

    /// An unsigned number of 32 bits. A minus is refused unless the number wraps to a positive one.
    public static func unsigned32(_ bytes: RawSpan, _ word: Range<Int>) -> UInt32? {
        unsigned64(bytes, word).map { UInt32(truncatingIfNeeded: $0) }
    }

    /// An unsigned number of 64 bits, with the same leniency.
    public static func unsigned64(_ bytes: RawSpan, _ word: Range<Int>) -> UInt64? {
        guard let (magnitude, isNegative) = digits(bytes, word) else { return nil }
        let value = isNegative ? 0 &- magnitude : magnitude
        // Seen as signed it is negative: then no minus may be anywhere in the word.
        let minus = UInt8(ascii: "-")
        guard value >> 63 == 0 || bytes.firstIndex(of: minus, in: word) == nil else { return nil }
        return value
    }

    /// A signed number of 64 bits, of which the low 32 count.
    public static func signed32(_ bytes: RawSpan, _ word: Range<Int>) -> Int32? {
        guard let (magnitude, isNegative) = digits(bytes, word) else { return nil }
        guard magnitude <= UInt64(Int64.max) + (isNegative ? 1 : 0) else { return nil }
        return Int32(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude)
    }

    /// Digits behind blanks and a sign, up to the end of the word or a blank.
    @inline(__always) private static func digits(
        _ bytes: RawSpan, _ word: Range<Int>
    ) -> (magnitude: UInt64, isNegative: Bool)? {
        var cursor = word.lowerBound
        let end = word.upperBound
        while cursor < end, isBlank(bytes.byte(at: cursor)) { cursor &+= 1 }
        guard cursor < end else { return nil }
        let sign = bytes.byte(at: cursor)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { cursor &+= 1 }
        var magnitude: UInt64 = 0
        let first = cursor
        while cursor < end {
            let digit = bytes.byte(at: cursor) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if cursor &- first < 19 {
                magnitude = magnitude &* 10 &+ UInt64(digit)
            } else {
                let (tenfold, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, hasCarry) = tenfold.addingReportingOverflow(UInt64(digit))
                guard !isTooLarge, !hasCarry else { return nil }
                magnitude = sum
            }
            cursor &+= 1
        }
        guard cursor > first, cursor == end || isBlank(bytes.byte(at: cursor)) else { return nil }
        return (magnitude, sign == UInt8(ascii: "-"))
    }

    /// What `isspace` of C takes for a blank. In a line, a space ends the word before.
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte >= 0x09 && byte <= 0x0D || byte == UInt8(ascii: " ")
    }
}
