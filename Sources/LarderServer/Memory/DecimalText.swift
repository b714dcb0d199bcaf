/// An integer in decimal, without an allocation.
@safe struct DecimalText {
    private var digits = InlineArray<24, UInt8>(repeating: 0)
    private let start: Int

    init(_ value: Int64) {
        self.init(magnitude: value.magnitude, isNegative: value < 0)
    }

    init(_ value: UInt64) {
        self.init(magnitude: value, isNegative: false)
    }

    private init(magnitude: UInt64, isNegative: Bool) {
        var place = 24
        var rest = magnitude
        repeat {
            place -= 1
            digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if isNegative {
            place -= 1
            digits[place] = UInt8(ascii: "-")
        }
        start = place
    }

    var bytes: RawSpan {
        @_lifetime(borrow self) borrowing get {
            unsafe digits.span.bytes.extracting(start..<24)
        }
    }
}
