/// What came of a load.
struct Tally {
    var requests = 0
    var gets = 0
    var hits = 0
    var refused = 0
    var wrong = 0
    /// The beginning of the first reply that was refused or wrong.
    var firstFailure: String?
    var latency = LatencyHistogram()

    var isClean: Bool { refused == 0 && wrong == 0 && firstFailure == nil }

    mutating func merge(_ other: Tally) {
        requests += other.requests
        gets += other.gets
        hits += other.hits
        refused += other.refused
        wrong += other.wrong
        firstFailure = firstFailure ?? other.firstFailure
        latency.merge(other.latency)
    }

    /// One line of JSON.
    func report(seconds: Double) -> String {
        let fields = [
            "\"requests\": \(requests)", "\"gets\": \(gets)", "\"hits\": \(hits)",
            "\"refused\": \(refused)", "\"wrong\": \(wrong)", "\"seconds\": \(seconds)",
            "\"per_second\": \(seconds > 0 ? (Double(requests) / seconds).rounded() : 0)",
            "\"p50_us\": \(microseconds(50))", "\"p99_us\": \(microseconds(99))",
            "\"p999_us\": \(microseconds(99.9))",
            "\"failure\": \(firstFailure.map(Tally.quoted) ?? "null")",
        ]
        return "{" + fields.joined(separator: ", ") + "}"
    }

    private func microseconds(_ percent: Double) -> Double {
        Double(latency.percentile(percent)) / 1000
    }

    private static func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case " "..."~": String(scalar)
            default: "?"
            }
        }
        return "\"" + safe.joined() + "\""
    }
}
