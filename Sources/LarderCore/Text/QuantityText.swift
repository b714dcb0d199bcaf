/// The form that sizes, durations and ratios share: a decimal number and a unit, nothing between.
struct QuantityText {
    /// All digits, as if there were no point.
    var digits: Int
    /// How many of them are behind the point.
    var fractionCount: Int
    /// In lower case.
    var unit: String
    /// Offset of the unit.
    var unitPosition: Int

    private let example: String

    init(_ text: String, example: String) throws(TextFormError) {
        self.example = example
        (digits, fractionCount, unitPosition) = (0, 0, 0)
        var hasPoint = false
        var hasDigit = false
        let bytes = Array(text.utf8)
        while unitPosition < bytes.count {
            let byte = bytes[unitPosition]
            if byte == UInt8(ascii: "."), !hasPoint, hasDigit {
                hasPoint = true
            } else if let digit = Self.digit(byte) {
                let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
                let (sum, carry) = tens.addingReportingOverflow(digit)
                guard !overflow, !carry else {
                    throw TextFormError(
                        position: 0, cause: "The number is too large", example: example)
                }
                digits = sum
                hasDigit = true
                fractionCount += hasPoint ? 1 : 0
            } else {
                break
            }
            unitPosition += 1
        }
        unit = String(decoding: bytes[unitPosition...], as: UTF8.self).lowercased()
        guard hasDigit, !hasPoint || fractionCount > 0 else {
            throw error("A digit is missing", at: unitPosition)
        }
    }

    func error(_ cause: String, at position: Int? = nil) -> TextFormError {
        TextFormError(position: position ?? unitPosition, cause: cause, example: example)
    }

    /// The number times `factor`, which must come out whole; `nil` if it does not.
    func scaled(by factor: Int) throws(TextFormError) -> Int? {
        var (digits, divisor) = (digits, 1)
        for _ in 0..<fractionCount {
            if digits % 10 == 0 {
                digits /= 10
            } else {
                let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                divisor = product
            }
        }
        let product = Int128(digits) * Int128(factor)
        guard product % Int128(divisor) == 0 else { return nil }
        guard let value = Int(exactly: product / Int128(divisor)) else {
            throw error("The number is too large", at: 0)
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            ? Int(byte - UInt8(ascii: "0")) : nil
    }
}

extension QuantityText {
    /// `value` in each of `units` that expresses it with at most three decimals, the shortest of
    /// them; of equally short ones that with the first unit. The last unit is 1.
    static func shortest(_ value: Int, units: [(name: String, factor: Int)]) -> String {
        let forms = units.compactMap { unit in
            decimal(value, in: unit.factor).map { $0 + unit.name }
        }
        return forms.min { $0.utf8.count < $1.utf8.count } ?? String(value)
    }

    private static func decimal(_ value: Int, in factor: Int) -> String? {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: factor)
        guard rest > 0 else { return String(whole) }
        let thousandths = Int128(rest) * 1000
        guard thousandths % Int128(factor) == 0 else { return nil }
        var decimals = String(thousandths / Int128(factor))
        decimals = String(repeating: "0", count: 3 - decimals.utf8.count) + decimals
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(whole).\(decimals)"
    }
}
