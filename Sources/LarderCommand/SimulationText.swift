import LarderPolicy
import LarderSimulator

/// Results of simulations as text.
struct SimulationText {
    enum Format: String, CaseIterable {
        case table, csv, jsonl
    }

    /// Sizes are numbers of objects, not of bytes.
    let countsObjects: Bool

    func text(of results: [SimulationResult], _ format: Format) -> String {
        switch format {
        case .table: table(results)
        case .csv:
            ([Self.names] + results.map(fields)).map { $0.joined(separator: ",") }
                .joined(separator: "\n")
        case .jsonl: results.map(json).joined(separator: "\n")
        }
    }

    private static let names = [
        "trace", "policy", "size", "requests", "misses", "missRatio", "byteMissRatio", "evictions",
        "seconds",
    ]

    private func fields(_ result: SimulationResult) -> [String] {
        [
            result.trace, result.policy.rawValue, "\(result.size)",
            "\(result.tally.requestCount)", "\(result.tally.missCount)", "\(result.missRatio)",
            "\(result.byteMissRatio)", "\(result.tally.evictionCount)", "\(result.seconds)",
        ]
    }

    private func json(_ result: SimulationResult) -> String {
        let isText = ["trace", "policy"]
        let members = zip(Self.names, fields(result)).map { name, field in
            "\"\(name)\": " + (isText.contains(name) ? Report.quoted(field) : field)
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    /// A table for each trace: a line for each size, a column for each policy, the best marked.
    private func table(_ results: [SimulationResult]) -> String {
        var traces: [String] = []
        for result in results where !traces.contains(result.trace) { traces.append(result.trace) }
        return traces.map { trace in
            let mine = results.filter { $0.trace == trace }
            let requests = NumberText.grouped(UInt64(mine.first?.tally.requestCount ?? 0))
            return "\(trace): miss ratio of \(requests) requests, the lowest of each size with *\n"
                + grid(mine)
        }.joined(separator: "\n\n")
    }

    private func grid(_ results: [SimulationResult]) -> String {
        let sizes = Set(results.map(\.size)).sorted()
        var policies: [String] = []
        for result in results where !policies.contains(result.policy.rawValue) {
            policies.append(result.policy.rawValue)
        }
        var rows = [[countsObjects ? "objects" : "bytes"] + policies]
        for size in sizes {
            let line = results.filter { $0.size == size }
            let best = line.map(\.tally.missCount).min()
            rows.append(
                [NumberText.grouped(UInt64(size))]
                    + line.map { result in
                        let mark = result.tally.missCount == best ? "*" : " "
                        return NumberText.fixed(result.missRatio, digits: 4) + mark
                    })
        }
        return TextTable.aligned(rows)
    }
}

/// Columns whose right ends meet.
enum TextTable {
    static func aligned(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            zip(row, widths).map { cell, width in
                String(repeating: " ", count: width - cell.count) + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
