/// What an event is about: names with values, in order.
///
/// Written as a literal: `log.info("listening", ["address": "\(address)", "loops": .integer(2)])`.
/// Names are the caller's, words without blanks; `time`, `level` and `message` are taken.
public struct LogFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// The names and values.
    public private(set) var pairs: [(name: String, value: LogValue)]

    /// The fields of a literal, in its order.
    public init(dictionaryLiteral elements: (String, LogValue)...) {
        pairs = elements.map { (name: $0.0, value: $0.1) }
    }

    /// Adds a field behind the others.
    public mutating func append(_ name: String, _ value: LogValue) {
        pairs.append((name: name, value: value))
    }

    /// Whether both have the same fields in the same order.
    public static func == (left: LogFields, right: LogFields) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0.name == $1.name && $0.value == $1.value }
    }

    /// Hashes names and values.
    public func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(pair.name)
            hasher.combine(pair.value)
        }
    }
}

/// The value of a field.
public enum LogValue: Sendable, Hashable {
    /// Any text; it is escaped where it is written.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number.
    case number(Double)
    /// True or false.
    case boolean(Bool)
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
