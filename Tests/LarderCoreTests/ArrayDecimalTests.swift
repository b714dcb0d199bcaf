import LarderCore
import Testing

@Suite struct ArrayDecimalTests {
    @Test(arguments: [0, 7, 10, 99, 100, 1_234_567_890, UInt64.max - 1, .max])
    func `numbers are appended in decimal`(number: UInt64) {
        var bytes = Array("x".utf8)
        bytes.appendDecimal(number)
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
    }
}
