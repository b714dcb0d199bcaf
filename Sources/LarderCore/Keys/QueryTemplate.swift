/// What an origin is asked, with places for the parts of a key: `/price/{sku}?in={currency}`, or
/// `SELECT body FROM products WHERE id = {id}`.
///
/// Parts come from clients. In a URL they are percent-encoded, in SQL they are parameters: what is
/// asked is never another question because of them.
public struct QueryTemplate: Sendable, Hashable {
    /// What is put in.
    public enum Parameter: Hashable, Sendable {
        /// The part of the capture with this number.
        case capture(Int)
        /// The entry's value, in a query that writes it: `{value}`.
        case value
    }

    /// A piece of the template.
    public enum Segment: Hashable, Sendable {
        case literal([UInt8])
        case parameter(Parameter)
    }

    /// Most bytes of a template.
    public static let byteCountMax = 64 << 10

    /// As it was written.
    public let text: String
    /// The pieces in their order.
    public let segments: [Segment]

    /// Reads the path and query of a URL, in which the names of `captures` may stand in braces.
    ///
    /// - Throws: `TextFormError` with the place of the first mistake.
    public init(url text: String, captures: [String]) throws(TextFormError) {
        var reader = URLTemplateReader(text, captures)
        segments = try reader.read()
        self.text = text
    }

    /// Reads one SQL statement, in which the names of `captures` may stand in braces, and `{value}`
    /// if it `takesValue`.
    ///
    /// - Throws: `TextFormError` with the place of the first mistake.
    public init(
        sql text: String, dialect: SQLDialect, captures: [String], takesValue: Bool = false
    ) throws(TextFormError) {
        var reader = SQLTemplateReader(text, dialect, captures, takesValue: takesValue)
        segments = try reader.read()
        self.text = text
    }

    /// The numbers of the captures that are used.
    public var captures: Set<Int> {
        Set(
            segments.compactMap {
                if case .parameter(.capture(let number)) = $0 { number } else { nil }
            })
    }

    /// Whether it has a place for the value.
    public var takesValue: Bool { segments.contains(.parameter(.value)) }
}

extension QueryTemplate: CustomStringConvertible {
    /// As it was written.
    public var description: String { text }
}

/// What SQL is written for: quotes and parameters differ.
public enum SQLDialect: Hashable, Sendable {
    case sqlite, postgres

    /// What stands before the number of a parameter.
    var marker: UInt8 { self == .sqlite ? UInt8(ascii: "?") : UInt8(ascii: "$") }
}

/// A parameter in braces, as both kinds of templates have it.
struct TemplateParameter {
    let parameter: QueryTemplate.Parameter
    /// Behind the closing brace.
    let end: Int

    /// Reads the one that begins at `start`.
    init(
        _ bytes: [UInt8], at start: Int, captures: [String], takesValue: Bool, example: String
    ) throws(TextFormError) {
        guard let close = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else {
            throw TextFormError(
                position: start, cause: "The '{' is never closed", example: example)
        }
        let name = bytes[(start + 1)..<close]
        if let problem = CaptureName.problem(with: name) {
            throw TextFormError(
                position: problem.position, cause: problem.message, example: example)
        }
        let text = String(decoding: name, as: UTF8.self)
        end = close + 1
        if takesValue, text == QueryTemplate.valueName {
            parameter = .value
        } else if let number = captures.firstIndex(of: text) {
            parameter = .capture(number)
        } else {
            let known = (captures + (takesValue ? [QueryTemplate.valueName] : []))
                .map { "{\($0)}" }.joined(separator: ", ")
            let remedy = known.isEmpty ? "it has none" : "there is \(known)"
            throw TextFormError(
                position: start, cause: "The pattern has no {\(text)}; \(remedy)", example: example)
        }
    }
}

extension QueryTemplate {
    /// What the value is called in a query that writes it.
    public static let valueName = "value"
}
