/// A broken promise of a data structure to itself, found by its `checkInvariants()`.
///
/// Thrown rather than trapped, so that a test can say which seed broke it.
public struct InvariantViolation: Error, CustomStringConvertible {
    /// The promise, and what was found instead.
    public let description: String

    /// Throws a violation with `description` unless the promise `holds`.
    ///
    /// - Throws: `InvariantViolation`.
    public static func check(
        _ holds: Bool, _ description: @autoclosure () -> String
    ) throws(InvariantViolation) {
        if !holds { throw InvariantViolation(description: description()) }
    }
}
