public import LarderCore

extension OutputBuffer {
    /// Appends `+text␍␊`.
    @inlinable public mutating func appendSimple(_ text: StaticString) {
        append(UInt8(ascii: "+"))
        append(text)
        append("\r\n")
    }

    /// Appends `-text␍␊`, where `text` starts with the code: `ERR …`.
    @inlinable public mutating func appendError(_ text: StaticString) {
        append(UInt8(ascii: "-"))
        append(text)
        append("\r\n")
    }

    /// Appends `-text␍␊`. Line ends in `text` become blanks, as redis makes them.
    public mutating func appendError(_ text: RawSpan) {
        append(UInt8(ascii: "-"))
        for offset in 0..<text.byteCount {
            let byte = text.byte(at: offset)
            let isLineEnd = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
            append(isLineEnd ? UInt8(ascii: " ") : byte)
        }
        append("\r\n")
    }

    /// Appends `:value␍␊`.
    public mutating func appendInteger(_ value: Int64) {
        if value >= 0, value < 10 {
            // Replies of most commands that count.
            append(UInt8(ascii: ":"))
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
            append("\r\n")
        } else {
            appendLine(UInt8(ascii: ":"), value)
        }
    }

    /// Appends `$count␍␊bytes␍␊`.
    @inlinable public mutating func appendBulk(_ bytes: RawSpan) {
        appendBulkHeader(bytes.byteCount)
        append(bytes)
        append("\r\n")
    }

    /// Appends `$count␍␊text␍␊`.
    @inlinable public mutating func appendBulk(_ text: StaticString) {
        appendBulkHeader(text.utf8CodeUnitCount)
        append(text)
        append("\r\n")
    }

    /// Appends `$count␍␊`. The caller appends as many bytes and `appendLineEnd()`.
    public mutating func appendBulkHeader(_ count: Int) {
        appendLine(UInt8(ascii: "$"), Int64(count))
    }

    /// Appends `␍␊`.
    @inlinable public mutating func appendLineEnd() {
        append("\r\n")
    }

    /// Appends the absence of a value: `$-1␍␊`, in RESP3 `_␍␊`.
    @inlinable public mutating func appendNull(_ version: RESPVersion) {
        if version == .v2 { append("$-1\r\n") } else { append("_\r\n") }
    }

    /// Appends the absence of an array: `*-1␍␊`, in RESP3 `_␍␊`.
    @inlinable public mutating func appendNullArray(_ version: RESPVersion) {
        if version == .v2 { append("*-1\r\n") } else { append("_\r\n") }
    }

    /// Appends the header of an array of `count` elements.
    public mutating func appendArrayHeader(_ count: Int) {
        appendLine(UInt8(ascii: "*"), Int64(count))
    }

    /// Appends the header of `pairs` keys with values; in RESP2 an array of twice as many.
    public mutating func appendMapHeader(_ pairs: Int, _ version: RESPVersion) {
        if version == .v2 {
            appendArrayHeader(pairs * 2)
        } else {
            appendLine(UInt8(ascii: "%"), Int64(pairs))
        }
    }

    /// Appends the header of a set of `count` elements; in RESP2 an array.
    public mutating func appendSetHeader(_ count: Int, _ version: RESPVersion) {
        appendLine(UInt8(ascii: version == .v2 ? "*" : "~"), Int64(count))
    }

    /// Appends the header of a message that nobody asked for; in RESP2 an array.
    public mutating func appendPushHeader(_ count: Int, _ version: RESPVersion) {
        appendLine(UInt8(ascii: version == .v2 ? "*" : ">"), Int64(count))
    }

    /// Appends a truth value: `:1␍␊`, in RESP3 `#t␍␊`.
    public mutating func appendBoolean(_ value: Bool, _ version: RESPVersion) {
        switch version {
        case .v2: append(value ? ":1\r\n" : ":0\r\n")
        case .v3: append(value ? "#t\r\n" : "#f\r\n")
        }
    }

    /// Appends an integer of any size, in its decimal digits; in RESP2 a bulk.
    public mutating func appendBigNumber(_ digits: RawSpan, _ version: RESPVersion) {
        guard version == .v3 else { return appendBulk(digits) }
        append(UInt8(ascii: "("))
        append(digits)
        append("\r\n")
    }

    /// Appends text for people, of a format of three letters such as `txt`; in RESP2 a bulk.
    public mutating func appendVerbatim(
        _ text: RawSpan, format: StaticString, _ version: RESPVersion
    ) {
        guard version == .v3 else { return appendBulk(text) }
        precondition(format.utf8CodeUnitCount == 3, "A format has three letters.")
        appendLine(UInt8(ascii: "="), Int64(text.byteCount + 4))
        append(format)
        append(UInt8(ascii: ":"))
        append(text)
        append("\r\n")
    }

    /// Appends a number: in RESP2 a bulk, in RESP3 `,number␍␊`. With 17 digits, as redis 7.0 does.
    public mutating func appendDouble(_ value: Double, _ version: RESPVersion) {
        if version == .v3 { append(UInt8(ascii: ",")) }
        appendDoubleDigits(value, asBulk: version == .v2)
        if version == .v3 { append("\r\n") }
    }
}
