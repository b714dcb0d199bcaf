import LarderCore
import LarderWire

/// Keys in base64, as the `b` flag of meta commands has them.
enum Base64 {
    private static var padding: UInt8 { UInt8(ascii: "=") }

    /// The bytes of a text, as memcached reads it: what is no digit is passed over, and what
    /// follows the padding is ignored.
    ///
    /// - Returns: `nil` when the digits make no whole blocks of four, or stand for nothing.
    static func decoded(_ text: RawSpan) -> [UInt8]? {
        let digitCount = (0..<text.byteCount).count { value(of: text.byte(at: $0)) != nil }
        guard digitCount > 0, digitCount % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digitCount / 4 * 3)
        var (block, count, paddingCount) = (UInt32(0), 0, 0)
        for offset in 0..<text.byteCount {
            let byte = text.byte(at: offset)
            guard let digit = value(of: byte) else { continue }
            if byte == padding { paddingCount += 1 }
            block = block << 6 | UInt32(digit)
            count += 1
            guard count % 4 == 0 else { continue }
            for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: block >> shift)) }
            if paddingCount > 0 { break }
        }
        guard paddingCount < 3 else { return nil }
        bytes.removeLast(paddingCount)
        return bytes
    }

    /// The six bits of a digit; those of the padding are zero.
    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case padding: 0
        default: nil
        }
    }

    /// The digit of six bits.
    static func digit(_ bits: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: bits & 63) {
        case let value where value < 26: value + UInt8(ascii: "A")
        case let value where value < 52: value - 26 + UInt8(ascii: "a")
        case let value where value < 62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}

extension OutputBuffer {
    /// Appends bytes in base64.
    mutating func appendBase64(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            let count = min(3, bytes.byteCount - offset)
            var block: UInt32 = 0
            for index in 0..<3 {
                block = block << 8 | (index < count ? UInt32(bytes.byte(at: offset + index)) : 0)
            }
            for index in 0..<4 {
                let digit = Base64.digit(block >> UInt32(18 - 6 * index))
                append(index <= count ? digit : UInt8(ascii: "="))
            }
            offset += 3
        }
    }
}
