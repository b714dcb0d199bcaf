/// Why a key cannot be asked for: nothing was sent, and nothing ever will be for this key.
public struct KeyRefusal: Error, Hashable, Sendable {
    /// What is wrong, without the key itself.
    public let reason: String

    /// A key that cannot be asked for.
    public init(_ reason: String) {
        self.reason = reason
    }
}

/// A setting of an origin that cannot be.
public struct OriginConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting, as its property is called.
    public let field: String
    /// What is wrong with it, and what would be right.
    public let problem: String

    /// What is wrong with the setting `field`.
    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }

    /// One line.
    public var description: String { "\(field): \(problem)" }
}
