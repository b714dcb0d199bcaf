import LarderTrace

/// `larder trace info FILE`
enum TraceInfo {
    static let options =
        [CommandOption("--format", "text|json", "form of the result (default: text)")]
        + TraceCommand.inputOptions

    static func run(_ words: [String]) throws(CommandFailure) {
        let arguments = try Arguments(words, options: options)
        guard let path = arguments.positionals.first, arguments.positionals.count == 1 else {
            throw .usage("larder trace info takes one file")
        }
        let asJSON = try arguments.choice("--format", of: ["text", "json"]) == "json"
        var reader = try TraceCommand.reader(path, arguments)
        var statistics = TraceStatistics()
        var batch = TraceBatch()
        var failure: TraceError?
        do throws(TraceError) {
            while try reader.read(into: &batch) { statistics.add(batch) }
        } catch {
            failure = error
        }
        let summary = statistics.summary()
        if summary.requestCount > 0 || failure == nil {
            print(report(summary, path: path).rendered(asJSON: asJSON))
        }
        if let failure {
            let note = summary.requestCount > 0 ? "; the figures are of what comes before" : ""
            throw .failure(failure.description + note)
        }
    }

    static func report(_ summary: TraceSummary, path: String) -> Report {
        var report = Report()
        report.add("trace", .text(path))
        report.add("requests", .count(UInt64(summary.requestCount)))
        report.add("objects", .count(UInt64(summary.objectCount)))
        report.add("one_hit_share", .share(summary.oneHitShare))
        let perObject = Double(summary.requestCount) / Double(max(summary.objectCount, 1))
        report.add("requests_per_object", .real(perObject, unit: "", digits: 2))
        report.add(
            "zipf_alpha", summary.zipfAlpha.map { .real($0, unit: "", digits: 3) } ?? .missing)
        report.add("duration_seconds", .count(UInt64(summary.durationSeconds)))
        report.add("footprint", .bytes(summary.footprintBytes))
        report.add("requested", .bytes(summary.requestedBytes))
        if let sizes = summary.sizes {
            report.add("size_min", .count(UInt64(sizes.min)))
            report.add("size_mean", .real(sizes.mean, unit: "", digits: 1))
            report.add("size_p50", .count(UInt64(sizes.median)))
            report.add("size_p99", .count(UInt64(sizes.percentile99)))
            report.add("size_max", .count(UInt64(sizes.max)))
        }
        return report
    }
}
