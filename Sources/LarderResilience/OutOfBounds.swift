/// A configured value that cannot work, with what would.
public struct OutOfBounds: Error, Hashable, CustomStringConvertible {
    /// The property's name.
    public let field: String
    /// What it was set to.
    public let value: String
    /// What it may be.
    public let allowed: String

    /// One sentence for the operator.
    public var description: String { "\(field) is \(value); allowed is \(allowed)." }

    /// Throws unless `value` lies within `bounds`.
    public static func check<Value: Comparable>(
        _ field: String, _ value: Value, in bounds: ClosedRange<Value>
    ) throws(OutOfBounds) {
        guard !bounds.contains(value) else { return }
        throw OutOfBounds(field: field, value: "\(value)", allowed: "\(bounds)")
    }
}
