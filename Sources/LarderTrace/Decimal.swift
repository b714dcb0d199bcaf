/// Whole numbers as decimal digits.
enum Decimal {
    /// The number that all of `digits` spell, `nil` if they spell none or one above `most`.
    ///
    /// - Complexity: O(digits).
    static func parse(_ digits: ArraySlice<UInt8>, most: UInt64 = .max) -> UInt64? {
        guard !digits.isEmpty, digits.count <= 20 else { return nil }
        var number: UInt64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (tens, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflowed, !carried else { return nil }
            number = sum
        }
        return number <= most ? number : nil
    }
}
