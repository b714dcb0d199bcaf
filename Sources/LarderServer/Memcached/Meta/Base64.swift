import LarderWire

/// Keys in base64, as the `b` flag of meta commands has them.
enum Base64 {
    /// The bytes of a text, `nil` when it is none, or stands for nothing.
    static func decoded(_ text: RawSpan) -> [UInt8]? {
        guard text.byteCount > 0, text.byteCount % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.byteCount / 4 * 3)
        let padding = (0..<2).count { text.byte(at: text.byteCount - 1 - $0) == padByte }
        let digitCount = text.byteCount - padding
        var block: UInt32 = 0
        for offset in 0..<text.byteCount {
            let digit = offset < digitCount ? value(of: text.byte(at: offset)) : 0
            guard let digit else { return nil }
            block = block << 6 | UInt32(digit)
            guard offset % 4 == 3 else { continue }
            for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: block >> shift)) }
            block = 0
        }
        bytes.removeLast(padding)
        return bytes
    }

    private static var padByte: UInt8 { UInt8(ascii: "=") }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
