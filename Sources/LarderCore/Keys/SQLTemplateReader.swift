/// Reads one SQL statement with captures. It knows quotes and comments, where a capture would be
/// text and not a parameter, and nothing else of the language.
struct SQLTemplateReader {
    static let example = "SELECT body FROM products WHERE id = {id}"

    let bytes: [UInt8]
    let dialect: SQLDialect
    var offset = 0
    private let captures: [String]
    private let takesValue: Bool
    private var segments: [QueryTemplate.Segment] = []
    private var literalStart = 0

    init(_ text: String, _ dialect: SQLDialect, _ captures: [String], takesValue: Bool) {
        bytes = Array(text.utf8)
        self.dialect = dialect
        self.captures = captures
        self.takesValue = takesValue
    }

    mutating func read() throws(TextFormError) -> [QueryTemplate.Segment] {
        guard bytes.contains(where: { $0 > 32 }) else {
            throw error("There is no statement", at: 0)
        }
        guard bytes.count <= QueryTemplate.byteCountMax else {
            throw error("It is too long", at: QueryTemplate.byteCountMax)
        }
        if let zero = bytes.firstIndex(of: 0) { throw error("There is a zero byte", at: zero) }
        while offset < bytes.count {
            if try skipQuoted() { continue }
            try checkCode()
            if bytes[offset] == UInt8(ascii: "{") { try readParameter() } else { offset += 1 }
        }
        endLiteral()
        return segments
    }

    private mutating func readParameter() throws(TextFormError) {
        let parameter = try TemplateParameter(
            bytes, at: offset, captures: captures, takesValue: takesValue, example: Self.example)
        endLiteral()
        segments.append(.parameter(parameter.parameter))
        offset = parameter.end
        literalStart = offset
    }

    private mutating func endLiteral() {
        if literalStart < offset { segments.append(.literal(Array(bytes[literalStart..<offset]))) }
    }

    /// What may not stand outside of quotes.
    private func checkCode() throws(TextFormError) {
        let next = byte(offset + 1)
        let isInName = offset > 0 && bytes[offset - 1].isWordByte
        switch (bytes[offset], dialect) {
        case (UInt8(ascii: "}"), _): throw error("There is a '}' without '{'", at: offset)
        case (UInt8(ascii: ";"), _):
            guard bytes[(offset + 1)...].allSatisfy({ $0 <= 32 }) else {
                throw error("A second statement follows; it is one", at: offset)
            }
        case (UInt8(ascii: "?"), .sqlite), (UInt8(ascii: "@"), .sqlite):
            throw foreignParameter()
        case (UInt8(ascii: ":"), .sqlite) where next.isWordByte,
            (UInt8(ascii: "$"), _) where next.isWordByte && isInName == false:
            throw foreignParameter()
        default: return
        }
    }

    private func foreignParameter() -> TextFormError {
        error("Parameters are captures of the pattern, in braces", at: offset)
    }

    /// The byte at `offset`; 0 behind the end.
    func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    func error(_ cause: String, at position: Int) -> TextFormError {
        TextFormError(position: position, cause: cause, example: Self.example)
    }
}

extension UInt8 {
    /// Whether it may be within a name of SQL.
    var isWordByte: Bool {
        switch self {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), 128...: true
        default: false
        }
    }
}

/// A statement as a database takes it.
public struct BoundQuery: Hashable, Sendable {
    /// With numbered parameters: `?1` for SQLite, `$1` for PostgreSQL.
    public let text: String
    /// What to bind, from number 1 on.
    public let parameters: [QueryTemplate.Parameter]

    /// A statement with its parameters.
    public init(text: String, parameters: [QueryTemplate.Parameter]) {
        self.text = text
        self.parameters = parameters
    }
}

extension QueryTemplate {
    /// The statement with numbers instead of what is in braces; a capture that stands twice has one
    /// number.
    ///
    /// - Complexity: O(bytes).
    public func bound(for dialect: SQLDialect) -> BoundQuery {
        var text: [UInt8] = []
        var parameters: [Parameter] = []
        for segment in segments {
            switch segment {
            case .literal(let bytes): text += bytes
            case .parameter(let parameter):
                if parameters.contains(parameter) == false { parameters.append(parameter) }
                let number = parameters.firstIndex(of: parameter).map { $0 + 1 } ?? 0
                text.append(dialect.marker)
                text.appendDecimal(UInt64(number))
            }
        }
        return BoundQuery(text: String(decoding: text, as: UTF8.self), parameters: parameters)
    }
}
