extension [UInt8] {
    /// Appends `number` in decimal.
    ///
    /// - Complexity: O(digits). Allocates only when the array grows.
    @inlinable public mutating func appendDecimal(_ number: UInt64) {
        // 2^64 has 20 digits.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var rest = number
        repeat {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in start..<20 { append(digits[index]) }
    }
}
