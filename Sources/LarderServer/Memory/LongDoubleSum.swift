import CLongDouble

/// The sum of two numbers as INCRBYFLOAT makes it, in decimal.
enum LongDoubleSum {
    case text([UInt8])
    /// One of the two is not a number.
    case notANumber
    /// The sum has no digits.
    case notFinite

    /// Adds what `left`, zero when it is `nil`, and `right` spell.
    static func adding(_ left: [UInt8]?, _ right: RawSpan) -> LongDoubleSum {
        var result: [UInt8] = []
        let code = unsafe withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: CLONGDOUBLE_TEXT_MAX
        ) { buffer in
            guard let text = buffer.baseAddress else { return Int32(CLONGDOUBLE_NOT_A_NUMBER) }
            let length = unsafe right.withUnsafeBytes { right in
                unsafe clongdouble_add(
                    left ?? [], left?.count ?? 0, left == nil ? 0 : 1, right.baseAddress,
                    right.count, text)
            }
            guard length > 0 else { return length }
            result = unsafe buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
            return length
        }
        if code > 0 { return .text(result) }
        return code == Int32(CLONGDOUBLE_NOT_FINITE) ? .notFinite : .notANumber
    }
}
