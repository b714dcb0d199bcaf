/// Reads the path and query of a URL with captures.
struct URLTemplateReader {
    private static let example = "/price/{sku}?in={currency}"

    private let bytes: [UInt8]
    private let captures: [String]
    private var offset = 0
    private var segments: [QueryTemplate.Segment] = []
    private var literal: [UInt8] = []

    init(_ text: String, _ captures: [String]) {
        bytes = Array(text.utf8)
        self.captures = captures
    }

    mutating func read() throws(TextFormError) -> [QueryTemplate.Segment] {
        guard bytes.first == UInt8(ascii: "/") else {
            throw error("It begins with '/' and is put behind the origin's URL", at: 0)
        }
        guard bytes.count <= QueryTemplate.byteCountMax else {
            throw error("It is too long", at: QueryTemplate.byteCountMax)
        }
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "{") {
                try readParameter()
            } else {
                try checkLiteral()
                literal.append(bytes[offset])
                offset += 1
            }
        }
        endLiteral()
        guard DotSegments.contains(in: shape) == false else {
            throw error("The path has a segment '.' or '..'", at: 0)
        }
        return segments
    }

    /// The template with a letter for each capture.
    private var shape: [UInt8] {
        segments.flatMap { segment in
            if case .literal(let bytes) = segment { bytes } else { [UInt8(ascii: "x")] }
        }
    }

    private mutating func readParameter() throws(TextFormError) {
        let parameter = try TemplateParameter(
            bytes, at: offset, captures: captures, takesValue: false, example: Self.example)
        endLiteral()
        segments.append(.parameter(parameter.parameter))
        offset = parameter.end
    }

    private mutating func endLiteral() {
        if literal.isEmpty == false { segments.append(.literal(literal)) }
        literal = []
    }

    private func checkLiteral() throws(TextFormError) {
        switch bytes[offset] {
        case UInt8(ascii: "}"): throw error("There is a '}' without '{'", at: offset)
        case UInt8(ascii: "#"): throw error("A part behind '#' is never sent", at: offset)
        case ...32, 127...:
            throw error("Blanks and letters beyond ASCII are percent-encoded", at: offset)
        case UInt8(ascii: "%"):
            let digits = bytes[(offset + 1)...].prefix(2)
            guard digits.count == 2,
                digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
            else { throw error("Behind '%' stand two hexadecimal digits", at: offset) }
            if digits.elementsEqual("2e".utf8) || digits.elementsEqual("2E".utf8) {
                throw error("'%2E' is written '.'", at: offset)
            }
        default: return
        }
    }

    private func error(_ cause: String, at position: Int) -> TextFormError {
        TextFormError(position: position, cause: cause, example: Self.example)
    }
}

/// `.` and `..` in a path, by which it would lead elsewhere.
enum DotSegments {
    static func contains(in url: [UInt8]) -> Bool {
        url.prefix { $0 != UInt8(ascii: "?") }
            .split(separator: UInt8(ascii: "/"))
            .contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
    }
}

extension QueryTemplate {
    /// The path and query with `parts`, percent-encoded but for letters, digits and `-._~`; nil if
    /// a part would be the path's `.` or `..`, which lead elsewhere: there is no such thing.
    ///
    /// - Complexity: O(bytes).
    public func percentEncoded(parts: [[UInt8]]) -> [UInt8]? {
        var url: [UInt8] = []
        for segment in segments {
            switch segment {
            case .literal(let bytes): url += bytes
            case .parameter(.capture(let number)):
                for byte in parts[number] { Self.appendEncoded(byte, to: &url) }
            case .parameter(.value): preconditionFailure("A URL has no place for the value.")
            }
        }
        return DotSegments.contains(in: url) ? nil : url
    }

    private static func appendEncoded(_ byte: UInt8, to url: inout [UInt8]) {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            url.append(byte)
        default:
            let digits = Array("0123456789ABCDEF".utf8)
            url += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
