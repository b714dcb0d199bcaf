/// A text that does not have the form of a size, duration or ratio, and what would be right.
public struct TextFormError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Offset of the first byte that is wrong.
    public let position: Int
    /// What is wrong there.
    public let cause: String
    /// A text that would be right.
    public let example: String

    /// An error in a text whose bytes are right up to `position`.
    public init(position: Int, cause: String, example: String) {
        self.position = position
        self.cause = cause
        self.example = example
    }

    /// One sentence for the operator.
    public var description: String {
        "\(cause) at position \(position + 1); write it like '\(example)'"
    }
}
