/// What LATENCY GRAPH draws: a column for each second in which an event took long, and under it how
/// long ago that was.
struct LatencyGraph {
    private static var rows: Int { 4 }
    private static var columns: Int { 80 }
    /// What a row can show of a column's end.
    private static let ends: [Character] = ["_", "o", "#"]

    let text: String

    init(_ event: LatencyMonitor.Event, named name: String, now: Int64) {
        let values = event.samples.map(\.milliseconds)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        var text = "\(name) - high \(high) ms, low \(low) ms (all time high \(event.longest) ms)\n"
        text += String(repeating: "-", count: Self.columns) + "\n"
        for start in stride(from: 0, to: event.samples.count, by: Self.columns) {
            if start > 0 { text += "\n" }
            let samples = event.samples[start...].prefix(Self.columns)
            text += Self.bars(samples.map(\.milliseconds), low: low, high: high)
            text += Self.labels(samples.map { Self.age(now - $0.seconds) })
        }
        self.text = text
    }

    private static func bars(_ values: [Int64], low: Int64, high: Int64) -> String {
        let range = Double(max(1, high - low))
        let steps = rows * ends.count
        let heights = values.map { min(steps - 1, Int(Double($0 - low) * Double(steps) / range)) }
        return (0..<rows).map { row in
            let bottom = (rows - row - 1) * ends.count
            return String(
                heights.map { height -> Character in
                    if height < bottom { return " " }
                    return height - bottom < ends.count ? ends[height - bottom] : "|"
                }) + "\n"
        }.joined()
    }

    /// The ages from top to bottom, below an empty line.
    private static func labels(_ ages: [String]) -> String {
        let texts = ages.map(Array.init)
        let blank = String(repeating: " ", count: ages.count) + "\n"
        return blank
            + (0..<(texts.map(\.count).max() ?? 0)).map { row in
                String(texts.map { row < $0.count ? $0[row] : " " }) + "\n"
            }.joined()
    }

    private static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86400: "\(seconds / 3600)h"
        default: "\(seconds / 86400)d"
        }
    }
}
