/// Numbers as people read them.
enum NumberText {
    /// `1,234,567`
    static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// With so many digits after the point, at most 6.
    static func fixed(_ number: Double, digits: Int) -> String {
        let scales: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
        let scaled = (number.magnitude * scales[digits]).rounded()
        guard scaled < 1e18 else { return "\(number)" }
        let (whole, part) = UInt64(scaled).quotientAndRemainder(dividingBy: UInt64(scales[digits]))
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + grouped(whole) }
        let zeros = String(repeating: "0", count: digits - String(part).count)
        return "\(sign)\(grouped(whole)).\(zeros)\(part)"
    }

    /// `730.00 MiB (765,460,480)`
    static func bytes(_ count: UInt64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var (amount, unit) = (Double(count), 0)
        while amount >= 1024 {
            amount /= 1024
            unit += 1
        }
        if unit == 0 { return "\(count) bytes" }
        return "\(fixed(amount, digits: 2)) \(units[unit]) (\(grouped(count)))"
    }

    /// `1:02:03` or `2:03`
    static func clock(seconds: Double) -> String {
        let total = Int(min(max(seconds, 0), 1e9).rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        let tail = (rest < 10 ? "0" : "") + "\(rest)"
        guard hours > 0 else { return "\(minutes):\(tail)" }
        return "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes):\(tail)"
    }
}
