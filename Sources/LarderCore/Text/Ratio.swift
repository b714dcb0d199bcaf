/// A share of a whole, from 0 to 1, with the text forms `10%` and `0.1`.
///
/// Kept in millionths, so that equal texts are equal values.
public struct Ratio: Hashable, Comparable, Sendable {
    /// Finer shares than 0.0001 % are of no use in a configuration.
    private static let one = 1_000_000

    /// The share in millionths, from 0 to 1,000,000.
    public let millionths: Int

    /// A share in millionths, from 0 to 1,000,000.
    public init(millionths: Int) {
        precondition((0...Self.one).contains(millionths), "A ratio is between 0 and 1.")
        self.millionths = millionths
    }

    /// The share that `text` says.
    ///
    /// - Throws: `TextFormError` for what is not a percentage or fraction from 0 to 1.
    public init(parsing text: String) throws(TextFormError) {
        let quantity = try QuantityText(text, example: "10%")
        guard quantity.unit == "%" || quantity.unit.isEmpty else {
            throw quantity.error("'\(quantity.unit)' is not '%'")
        }
        let factor = quantity.unit.isEmpty ? Self.one : Self.one / 100
        guard let millionths = try quantity.scaled(by: factor) else {
            throw quantity.error("The ratio has more than six decimals", at: 0)
        }
        guard millionths <= Self.one else {
            throw quantity.error("The ratio is above 100%", at: 0)
        }
        self.millionths = millionths
    }

    /// The share as a number from 0 to 1.
    public var fraction: Double { Double(millionths) / Double(Self.one) }

    /// This share of `count`, rounded down.
    ///
    /// - Complexity: O(1).
    public func of(_ count: Int) -> Int {
        Int(Int128(count) * Int128(millionths) / Int128(Self.one))
    }

    /// Whether `left` is smaller.
    public static func < (left: Ratio, right: Ratio) -> Bool { left.millionths < right.millionths }
}

extension Ratio: CustomStringConvertible {
    /// In percent: `10%`, `2.5%`, `0.0001%`.
    public var description: String {
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 10_000)
        guard rest > 0 else { return "\(whole)%" }
        var decimals = String(rest)
        decimals = String(repeating: "0", count: 4 - decimals.utf8.count) + decimals
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(whole).\(decimals)%"
    }
}
