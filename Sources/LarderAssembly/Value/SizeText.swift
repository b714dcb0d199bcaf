/// Amounts of bytes as people write them: `512mb`, `1.5gb`, `100`.
///
/// As in redis: `k`, `m`, `g`, `t` count in thousands, `kb`, `mb`, `gb`, `tb` in 1,024s, and a bare
/// number is bytes.
enum SizeText {
    /// Units, largest first, as `write` tries them.
    private static let units: [(suffix: String, byteCount: Int)] = [
        ("tb", 1 << 40), ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("b", 1),
        ("t", 1_000_000_000_000), ("g", 1_000_000_000), ("m", 1_000_000), ("k", 1000),
    ]

    /// The bytes that `text` means; nil when it is not a size or has more than 63 bits.
    static func read(_ text: String) -> Int? {
        let lower = text.lowercased()
        let unit = units.first { lower.hasSuffix($0.suffix) } ?? ("", 1)
        return DecimalText.read(lower.dropLast(unit.suffix.utf8.count), scaledBy: unit.byteCount)
    }

    /// The shortest text that means exactly `byteCount`.
    static func write(_ byteCount: Int) -> String {
        let unit = units.prefix(4).first { byteCount != 0 && byteCount % $0.byteCount == 0 }
        guard let unit else { return "\(byteCount)b" }
        return "\(byteCount / unit.byteCount)\(unit.suffix)"
    }
}

/// Spans of time as people write them: `2.5s`, `50ms`, `1h`.
enum DurationText {
    /// Units, largest first, as `write` tries them.
    private static let units: [(suffix: String, nanoseconds: Int)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    /// The time that `text` means; nil when it is not a duration. Only zero needs no unit.
    static func read(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        let lower = text.lowercased()
        let unit = units.reversed().first { lower.hasSuffix($0.suffix) }
        guard let unit else { return nil }
        let number = lower.dropLast(unit.suffix.utf8.count)
        return DecimalText.read(number, scaledBy: unit.nanoseconds).map { .nanoseconds($0) }
    }

    /// The shortest text that means exactly `duration`, to the nanosecond.
    static func write(_ duration: Duration) -> String {
        let nanoseconds = Int(clamping: duration.attoseconds / 1_000_000_000)
        let unit = units.first { nanoseconds != 0 && nanoseconds % $0.nanoseconds == 0 }
        guard let unit else { return "0s" }
        return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
    }
}

/// Shares of a whole as people write them: `50%`.
enum ShareText {
    /// The share, 0 to 1; nil when `text` is not a percentage of at most 100.
    static func read(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let millionths = DecimalText.read(text.dropLast(), scaledBy: 1_000_000)
        guard let millionths, millionths <= 100_000_000 else { return nil }
        return Double(millionths) / 100_000_000
    }

    /// The percentage, with as many digits as it needs.
    static func write(_ share: Double) -> String {
        let millionths = Int((share * 100_000_000).rounded())
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest != 0 else { return "\(whole)%" }
        let digits = String(1_000_000 + rest).dropFirst()
        return "\(whole).\(digits.trimmingTrailingZeros)%"
    }
}

/// Decimal numbers without a sign or an exponent.
enum DecimalText {
    /// `text` times `scale`, rounded down; nil when it is not a number or overflows.
    static func read(_ text: Substring, scaledBy scale: Int) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = digits(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
        guard overflow == false else { return nil }
        guard parts.count == 2 else { return product }
        // Nine digits behind the point tell nanoseconds of a second apart.
        guard let fraction = digits(parts[1]), parts[1].count <= 9 else { return nil }
        let power = (0..<parts[1].count).reduce(1) { power, _ in power * 10 }
        let wide = fraction.multipliedFullWidth(by: scale)
        let part = power.dividingFullWidth(wide).quotient
        let (sum, sumOverflow) = product.addingReportingOverflow(part)
        return sumOverflow ? nil : sum
    }

    private static func digits(_ text: Substring) -> Int? {
        guard text.isEmpty == false, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

extension Substring {
    fileprivate var trimmingTrailingZeros: Substring {
        guard let last = lastIndex(where: { $0 != "0" }) else { return "" }
        return self[...last]
    }
}
