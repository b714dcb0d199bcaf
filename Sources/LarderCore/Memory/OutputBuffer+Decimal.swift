extension OutputBuffer {
    /// The digits of 00 to 99, so that two digits cost one division.
    private static var pairs: StaticString {
        """
        00010203040506070809101112131415161718192021222324252627282930313233343536373839\
        40414243444546474849505152535455565758596061626364656667686970717273747576777879\
        8081828384858687888990919293949596979899
        """
    }

    /// Appends `value` in decimal.
    ///
    /// - Complexity: O(digits).
    public mutating func appendDecimal(_ value: UInt64) {
        guard reserve(20) else { return overflow() }
        writeDecimal(value)
    }

    /// Appends `value` in decimal, with a minus when it is negative.
    ///
    /// - Complexity: O(digits).
    public mutating func appendDecimal(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDecimal(value.magnitude)
    }

    /// Appends a mark, `value` in decimal and CRLF: every header line of RESP.
    ///
    /// - Complexity: O(digits).
    public mutating func appendLine(_ mark: UInt8, _ value: Int64) {
        guard reserve(24) else { return overflow() }
        unsafe base.storeBytes(of: mark, toByteOffset: filled, as: UInt8.self)
        filled &+= 1
        if value < 0 {
            unsafe base.storeBytes(of: UInt8(ascii: "-"), toByteOffset: filled, as: UInt8.self)
            filled &+= 1
        }
        writeDecimal(value.magnitude)
        let lineEnd = UInt16(littleEndian: 0x0A0D)
        unsafe base.storeBytes(of: lineEnd, toByteOffset: filled, as: UInt16.self)
        filled &+= 2
    }

    /// Writes the digits from the last to the first. There is room for 20.
    @inline(__always) private mutating func writeDecimal(_ value: UInt64) {
        var offset = filled &+ Self.digitCount(value)
        filled = offset
        var rest = value
        while rest >= 100 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            offset &-= 2
            writePair(pair, at: offset)
            rest = quotient
        }
        if rest >= 10 {
            writePair(rest, at: offset &- 2)
        } else {
            let digit = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest)
            unsafe base.storeBytes(of: digit, toByteOffset: offset &- 1, as: UInt8.self)
        }
    }

    @inline(__always) private func writePair(_ pair: UInt64, at offset: Int) {
        let text = unsafe UnsafeRawPointer(Self.pairs.utf8Start).loadUnaligned(
            fromByteOffset: Int(truncatingIfNeeded: pair) &* 2, as: UInt16.self)
        unsafe base.storeBytes(of: text, toByteOffset: offset, as: UInt16.self)
    }

    private static func digitCount(_ value: UInt64) -> Int {
        var (digits, rest) = (1, value)
        while rest >= 10_000 {
            rest /= 10_000
            digits &+= 4
        }
        if rest >= 1_000 { return digits &+ 3 }
        if rest >= 100 { return digits &+ 2 }
        return rest >= 10 ? digits &+ 1 : digits
    }
}
