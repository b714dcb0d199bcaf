/// The text form of durations in the configuration: `2.5s`, `10ms`, `1h`.
extension Duration {
    private static var textUnits: [(name: String, factor: Int)] {
        [
            ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
            ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
        ]
    }

    /// The duration that `text` says: a decimal number and one of `ns us ms s m h d`.
    ///
    /// - Throws: `TextFormError` for any other form, and for parts of a nanosecond.
    public init(parsing text: String) throws(TextFormError) {
        let quantity = try QuantityText(text, example: "2.5s")
        guard let factor = Self.textUnits.first(where: { $0.name == quantity.unit })?.factor else {
            throw quantity.unit.isEmpty
                ? quantity.error("A unit is missing (ns, us, ms, s, m, h, d)")
                : quantity.error("'\(quantity.unit)' is no unit of time (ns, us, ms, s, m, h, d)")
        }
        guard let nanoseconds = try quantity.scaled(by: factor) else {
            throw quantity.error("The duration is not a whole number of nanoseconds", at: 0)
        }
        self = .nanoseconds(nanoseconds)
    }

    /// The shortest exact form, in whole nanoseconds: `2.5s`, `90s`, `0s`.
    public var text: String {
        let nanoseconds = Int(clamping: attoseconds / 1_000_000_000)
        guard nanoseconds != 0 else { return "0s" }
        guard nanoseconds > 0 else { return "-" + (.zero - self).text }
        return QuantityText.shortest(nanoseconds, units: Self.textUnits)
    }
}
