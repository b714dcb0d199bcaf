import LarderCore
import LarderWire
import Testing

@Suite struct OutputBufferTests {
    static let numbers: [UInt64] =
        [0, 9, 10, 99, 100, 101, 999, 1_000, 9_999, 10_000, 12_345, 99_999, .max]
        + (0..<20).map { exponent in (0..<exponent).reduce(1) { power, _ in power &* 10 } }

    @Test(arguments: 0..<200)
    func `appends as many bytes as it is given`(count: Int) {
        var buffer = OutputBuffer(capacity: 1)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
        buffer.append(UInt8(ascii: "<"))
        buffer.append(bytes)
        buffer.append(">")
        #expect(buffer.contents == [UInt8(ascii: "<")] + bytes + [UInt8(ascii: ">")])
        #expect(buffer.count == count + 2)
    }

    @Test(arguments: numbers)
    func `writes every number of digits`(number: UInt64) {
        var buffer = OutputBuffer(capacity: 0)
        buffer.appendDecimal(number)
        buffer.append(" ")
        buffer.appendDecimal(Int64(truncatingIfNeeded: number))
        buffer.append(" ")
        buffer.appendInteger(-Int64(number >> 2))
        #expect(
            buffer.text
                == "\(number) \(Int64(truncatingIfNeeded: number)) :\(-Int64(number >> 2))\r\n")
    }

    @Test func `writes the smallest integer`() {
        var buffer = OutputBuffer(capacity: 0)
        buffer.appendInteger(.min)
        #expect(buffer.text == ":-9223372036854775808\r\n")
    }

    @Test func `drops what goes over its limit, and all behind it`() {
        let limit = PageMemory.pageSize
        var buffer = OutputBuffer(capacity: 2, limit: limit)
        buffer.append([UInt8](repeating: 49, count: limit - 2))
        buffer.append("9012")
        buffer.append("x")
        buffer.append(UInt8(ascii: "y"))
        buffer.appendDecimal(UInt64(7))
        buffer.reserve(1)
        #expect(buffer.count == limit - 2)
        #expect(buffer.isOverflowed == true)
        buffer.removeAll()
        #expect(buffer.isOverflowed == false)
        buffer.append("1234567890")
        #expect(buffer.text == "1234567890")
    }

    @Test func `loses its end`() {
        var buffer = OutputBuffer(capacity: 4)
        buffer.append("0123456789")
        buffer.truncate(to: 8)
        #expect(buffer.text == "01234567")
        buffer.append("x")
        #expect(buffer.text == "01234567x")
        #expect(buffer.isEmpty == false)
    }

    @Test func `a truncation to more than there is traps`() async {
        await #expect(processExitsWith: .failure) {
            var buffer = OutputBuffer(capacity: 4)
            buffer.truncate(to: 1)
        }
    }
}
