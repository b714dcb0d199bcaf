/// Tells how far a replay or a simulation is: a bar that is drawn over on a terminal, else a line
/// each 5 seconds.
struct ProgressText {
    private static let lineSeconds = 5.0
    private static let barWidth = 24

    private let isTerminal: Bool
    private var lastLineSeconds = 0.0

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// What to print after so many seconds; `nil` if it is not time yet. Without `hits` nothing is
    /// said of those.
    mutating func text(
        seconds: Double, requests: Int, hits: Int? = nil, progress: Double?
    ) -> String? {
        let figures = Self.figures(
            seconds: seconds, requests: requests, hits: hits, progress: progress)
        if isTerminal {
            return "\r\u{1B}[K" + (progress.map { Self.bar($0) + " " } ?? "") + figures
        }
        guard seconds - lastLineSeconds >= Self.lineSeconds else { return nil }
        lastLineSeconds = seconds
        return figures + "\n"
    }

    /// What clears the bar at the end.
    var ending: String { isTerminal ? "\r\u{1B}[K" : "" }

    private static func figures(
        seconds: Double, requests: Int, hits: Int?, progress: Double?
    ) -> String {
        var parts: [String] = []
        if let progress { parts.append(NumberText.fixed(progress * 100, digits: 0) + " %") }
        parts.append(NumberText.grouped(UInt64(requests)) + " requests")
        let rate = Double(requests) / max(seconds, 0.001)
        parts.append(NumberText.fixed(rate / 1000, digits: 1) + " k/s")
        if let hits {
            let share = Double(hits) / Double(max(requests, 1))
            parts.append("hits " + NumberText.fixed(share * 100, digits: 2) + " %")
        }
        if let progress, progress > 0 {
            let left = seconds / progress * (1 - progress)
            parts.append("ETA " + NumberText.clock(seconds: left))
        }
        return parts.joined(separator: "  ")
    }

    private static func bar(_ progress: Double) -> String {
        let full = Int((min(max(progress, 0), 1) * Double(barWidth)).rounded(.down))
        return "[" + String(repeating: "#", count: full)
            + String(repeating: "-", count: barWidth - full) + "]"
    }
}
