import LarderCore
import LarderWire

extension OutputBuffer {
    /// An error of a text that is put together: for rare replies.
    mutating func appendErrorText(_ text: String) {
        append(UInt8(ascii: "-"))
        appendText(text)
        append("\r\n")
    }

    mutating func appendText(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe append(bytes.span.bytes)
    }

    mutating func appendBulkText(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe appendBulk(bytes.span.bytes)
    }

    mutating func appendWrongArity(_ name: StaticString) {
        append("-ERR wrong number of arguments for '")
        append(name)
        append("' command\r\n")
    }

    /// Redis's words: name and arguments, each cut to 128 bytes, without bytes that end a line.
    mutating func appendUnknownCommand(_ call: borrowing Call) {
        append("-ERR unknown command '")
        appendPrintable(call[0], max: 128)
        append("', with args beginning with: ")
        var left = 128
        var index = 1
        while index < call.count, left > 0 {
            append("'")
            let length = min(call[index].byteCount, left)
            appendPrintable(call[index], max: length)
            append("' ")
            left -= length + 3
            index += 1
        }
        append("\r\n")
    }

    mutating func appendPrintable(_ bytes: RawSpan, max: Int) {
        for offset in 0..<min(bytes.byteCount, max) {
            let byte = bytes.byte(at: offset)
            if byte == 0 { return }
            append(byte == 13 || byte == 10 ? UInt8(ascii: " ") : byte)
        }
    }

    mutating func appendNotAnInteger() {
        append("-ERR value is not an integer or out of range\r\n")
    }

    mutating func appendSyntaxError() {
        append("-ERR syntax error\r\n")
    }

    mutating func appendOutOfMemory() {
        append("-OOM command not allowed when used memory > 'maxmemory'.\r\n")
    }
}

extension RawSpan {
    /// Whether the bytes are `text`, which is in lower case, but for the case of letters.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for offset in 0..<byteCount {
            var byte = byte(at: offset)
            if byte >= 65, byte <= 90 { byte |= 32 }
            guard byte == text.byte(at: offset) else { return false }
        }
        return true
    }

    /// The bytes as text, for names and messages.
    var text: String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes in memory of their own.
    var bytes: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}

extension StaticString {
    func byte(at offset: Int) -> UInt8 {
        withUTF8Buffer { unsafe $0[offset] }
    }
}

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
