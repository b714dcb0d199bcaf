import LarderCore
import LarderWire

extension CommandLoop {
    /// LATENCY.
    func latency(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch CommandTable.shared.subcommand(call[1], of: .latency)?.page.name {
        case "latency|latest": listLatest(&output)
        case "latency|history": listHistory(call[2].text, &output)
        case "latency|reset":
            let names = (2..<max(2, call.count)).map { call[$0].text.lowercased() }
            output.appendInteger(Int64(shared.latency.reset(names)))
        case "latency|graph": drawGraph(call[2].text, connection.version, &output)
        case "latency|doctor":
            let report = LatencyReport(
                shared.latency.all, threshold: shared.timing.values.latencyMilliseconds,
                slowMicroseconds: shared.timing.values.slowMicroseconds,
                now: Int64(WallClock.now().seconds))
            output.appendVerbatimText(report.text, connection.version)
        case "latency|histogram": listHistograms(call, connection.version, &output)
        default: output.appendHelp(of: "LATENCY", HelpText.latency)
        }
    }

    private func listLatest(_ output: inout OutputBuffer) {
        let all = shared.latency.all
        output.appendArrayHeader(all.count)
        for (name, event) in all {
            output.appendArrayHeader(4)
            output.appendBulkText(name)
            output.appendInteger(event.samples.last?.seconds ?? 0)
            output.appendInteger(event.samples.last?.milliseconds ?? 0)
            output.appendInteger(event.longest)
        }
    }

    private func listHistory(_ name: String, _ output: inout OutputBuffer) {
        let samples = shared.latency.event(name)?.samples ?? []
        output.appendArrayHeader(samples.count)
        for sample in samples {
            output.appendArrayHeader(2)
            output.appendInteger(sample.seconds)
            output.appendInteger(sample.milliseconds)
        }
    }

    private func drawGraph(
        _ name: String, _ version: RESPVersion, _ output: inout OutputBuffer
    ) {
        guard let event = shared.latency.event(name) else {
            output.append("-ERR No samples available for event '")
            let bytes = Array(name.utf8)
            unsafe output.appendPrintable(bytes.span.bytes, max: 128)
            return output.append("'\r\n")
        }
        let graph = LatencyGraph(event, named: name, now: Int64(WallClock.now().seconds))
        output.appendVerbatimText(graph.text, version)
    }

    /// LATENCY HISTOGRAM: of all commands, or of those named, with their subcommands.
    private func listHistograms(
        _ call: borrowing Call, _ version: RESPVersion, _ output: inout OutputBuffer
    ) {
        let table = CommandTable.shared
        var names = table.names
        if call.count > 2 {
            names = (2..<call.count).flatMap { index -> [String] in
                guard let found = table.find(call[index]) else { return [] }
                if let subcommand = found.subcommand { return [subcommand.name] }
                let page = table.page(of: found.command)
                return [page.name] + page.subcommands.map(\.name)
            }
        }
        let records = names.compactMap { name in
            table.names.firstIndex(of: name).map { (name, shared.times(of: $0)) }
        }.filter { $0.1.histogram.total > 0 }
        output.appendMapHeader(records.count, version)
        for (name, record) in records {
            output.appendBulkText(name)
            output.appendMapHeader(2, version)
            output.appendBulk("calls")
            output.appendInteger(Int64(clamping: record.histogram.total))
            output.appendBulk("histogram_usec")
            let rows = record.histogram.doublings
            output.appendMapHeader(rows.count, version)
            for row in rows {
                output.appendInteger(Int64(clamping: row.microseconds))
                output.appendInteger(Int64(clamping: row.count))
            }
        }
    }
}

extension OutputBuffer {
    /// Text for people.
    mutating func appendVerbatimText(_ text: String, _ version: RESPVersion) {
        let bytes = Array(text.utf8)
        unsafe appendVerbatim(bytes.span.bytes, format: "txt", version)
    }
}
