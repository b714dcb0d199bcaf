import LarderWire
import Testing

@Suite struct DecimalTests {
    static let valid: [(String, Int64)] = [
        ("0", 0), ("7", 7), ("42", 42), ("-1", -1), ("1000000", 1_000_000),
        ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ]

    @Test(arguments: valid)
    func `reads canonical integers`(text: String, value: Int64) {
        #expect(withRaw(Array(text.utf8)) { Decimal.integer($0) } == value)
    }

    @Test(arguments: [
        "", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "1e3", "0x10", "1.0", "--1", "1\0",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "99999999999999999999", "111111111111111111111",
    ])
    func `refuses everything else`(text: String) {
        #expect(withRaw(Array(text.utf8)) { Decimal.integer($0) } == nil)
    }
}
