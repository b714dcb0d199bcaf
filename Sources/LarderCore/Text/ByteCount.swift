/// A number of bytes, with the text form of redis.conf: `512mb`, `100k`, `64`.
public struct ByteCount: Hashable, Comparable, Sendable {
    /// Never negative.
    public let bytes: Int

    /// As redis: with `b` the powers of 1024, without it those of 1000. `t` and `tb` are ours.
    private static let units: [(name: String, factor: Int)] = [
        ("tb", 1 << 40), ("t", 1_000_000_000_000), ("gb", 1 << 30), ("g", 1_000_000_000),
        ("mb", 1 << 20), ("m", 1_000_000), ("kb", 1 << 10), ("k", 1000), ("", 1),
    ]

    /// So many bytes; not negative.
    public init(_ bytes: Int) {
        precondition(bytes >= 0, "A number of bytes is not negative.")
        self.bytes = bytes
    }

    /// The number that `text` says. Upper and lower case mean the same.
    ///
    /// - Throws: `TextFormError` for what is not a whole number with one of redis's units.
    public init(parsing text: String) throws(TextFormError) {
        let quantity = try QuantityText(text, example: "512mb")
        let unit = quantity.unit == "b" ? "" : quantity.unit
        guard let factor = Self.units.first(where: { $0.name == unit })?.factor else {
            throw quantity.error(
                "'\(quantity.unit)' is no unit of bytes (b, k, kb, m, mb, g, gb, t, tb)")
        }
        guard let bytes = try quantity.scaled(by: factor) else {
            throw quantity.error("The size is not a whole number of bytes", at: 0)
        }
        self.bytes = bytes
    }

    /// Whether `left` is smaller.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

extension ByteCount: CustomStringConvertible {
    /// The shortest form that means exactly this number and has no fraction: `1gb`, `1k`, `1025`.
    public var description: String {
        QuantityText.shortest(bytes, units: Self.units.filter { bytes % $0.factor == 0 })
    }
}

extension ByteCount {
    /// About this number, for people, as redis's INFO writes it: `11.77G`, `2.19M`, `512B`.
    public var rounded: String {
        guard bytes >= 1024 else { return "\(bytes)B" }
        var (amount, units) = (Double(bytes) / 1024, "KMGTPE"[...])
        while amount >= 1024 {
            amount /= 1024
            units.removeFirst()
        }
        let (whole, part) = Int((amount * 100).rounded()).quotientAndRemainder(dividingBy: 100)
        return "\(whole).\(part < 10 ? "0" : "")\(part)\(units.prefix(1))"
    }
}
