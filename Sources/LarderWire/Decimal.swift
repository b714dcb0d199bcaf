/// Integers as redis reads them from arguments and headers.
public enum Decimal {
    /// The integer that all of `bytes` spell: no sign but one minus, no leading zero, no `-0`, no
    /// blanks. `nil` for anything else and for what does not fit.
    ///
    /// - Complexity: O(bytes), at most 20 are looked at.
    public static func integer(_ bytes: RawSpan) -> Int64? {
        integer(bytes, in: 0..<bytes.byteCount)
    }

    /// The same for the bytes of `range`.
    static func integer(_ bytes: RawSpan, in range: Range<Int>) -> Int64? {
        guard !range.isEmpty, range.count <= 20 else { return nil }
        let isNegative = bytes.byte(at: range.lowerBound) == UInt8(ascii: "-")
        var offset = range.lowerBound + (isNegative ? 1 : 0)
        guard offset < range.upperBound else { return nil }
        if bytes.byte(at: offset) == UInt8(ascii: "0") { return range.count == 1 ? 0 : nil }
        var magnitude: UInt64 = 0
        while offset < range.upperBound {
            let digit = bytes.byte(at: offset) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tenfold, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, hasCarry) = tenfold.addingReportingOverflow(UInt64(digit))
            guard !isTooLarge, !hasCarry else { return nil }
            magnitude = sum
            offset += 1
        }
        return signed(magnitude, isNegative: isNegative)
    }

    private static func signed(_ magnitude: UInt64, isNegative: Bool) -> Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        guard magnitude <= 1 << 63 else { return nil }
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
}
