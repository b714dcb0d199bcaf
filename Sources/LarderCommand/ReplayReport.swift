import LarderCore
import LarderTrace

/// The result of a replay as figures.
enum ReplayReport {
    static func report(
        _ outcome: ReplayOutcome, trace: String, to address: ReplayAddress,
        _ options: ReplayOptions
    ) -> Report {
        let tally = outcome.tally
        var report = Report()
        report.add("trace", .text(trace))
        report.add("server", .text("\(address) (\(options.dialect))"))
        report.add("connections", .count(UInt64(options.connections)))
        report.add("pipeline", .count(UInt64(options.pipeline)))
        report.add("requests", .count(UInt64(tally.requests)))
        report.add("hits", .count(UInt64(tally.hits)))
        report.add("misses", .count(UInt64(tally.misses)))
        let share = Double(tally.hits) / Double(tally.requests)
        report.add("hit_ratio", tally.requests > 0 ? .share(share) : .missing)
        report.add("stored", .count(UInt64(tally.stored)))
        report.add("hit_bytes", .bytes(UInt64(tally.hitBytes)))
        report.add("errors", .count(UInt64(tally.errors)))
        if let error = tally.firstError { report.add("first_error", .text(error)) }
        addTimes(outcome, to: &report)
        return report
    }

    private static func addTimes(_ outcome: ReplayOutcome, to report: inout Report) {
        let tally = outcome.tally
        let rate = Double(tally.requests) / max(outcome.seconds, 1e-9)
        report.add("seconds", .real(outcome.seconds, unit: "", digits: 3))
        report.add("requests_per_second", .real(rate, unit: "", digits: 0))
        let perRequest =
            MonotonicClock.processTime() / .microseconds(1) / Double(max(tally.requests, 1))
        report.add("client_cpu_per_request_us", .real(perRequest, unit: "", digits: 2))
        for (name, histogram) in [("get", tally.getLatency), ("set", tally.setLatency)] {
            for (label, share) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)] {
                let value = histogram.quantile(share).map { nanoseconds in
                    Report.Value.real(Double(nanoseconds) / 1000, unit: "", digits: 1)
                }
                report.add("\(name)_\(label)_us", value ?? .missing)
            }
        }
    }
}
