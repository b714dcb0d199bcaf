import LarderCore

/// Reads that saw a write of the origin before it was acknowledged.
///
/// While a write is under way the origin has it at some moment that nobody knows: one load may have
/// read it and another not, and the other may be told, or stored, later. So until then a read may
/// see it or what was before, in any order; of those the reads that saw it are left out. From the
/// acknowledgement on, all others are held against one order.
struct OriginPeeks {
    /// Values that are a number of steps from one that was set, by which counting shows.
    private static let stride: Int64 = 100_000

    private struct Span {
        var invoked: Tick
        var returned: Tick

        init(_ operation: RecordedOperation) {
            (invoked, returned) = (operation.invoked, operation.returned)
        }

        func meets(_ read: RecordedOperation) -> Bool {
            read.invoked <= returned && read.returned >= invoked
        }
    }

    private var values: [Int64: [Span]] = [:]
    private var deletions: [Span] = []
    /// Counts of which nobody was told the number.
    private var counts: [Span] = []

    /// What is written by the operations on one key.
    init(_ operations: [RecordedOperation]) {
        for operation in operations {
            switch (operation.command, operation.outcome) {
            case (.set(let value, _), _): values[value, default: []].append(Span(operation))
            case (.delete, _): deletions.append(Span(operation))
            case (.increment, .found(let value)):
                values[value, default: []].append(Span(operation))
            case (.increment, .doubtful), (.increment, .unknown): counts.append(Span(operation))
            default: continue
            }
        }
    }

    /// Whether `operation` is a read that saw what was not acknowledged.
    func contains(_ operation: RecordedOperation) -> Bool {
        guard operation.command == .get else { return false }
        switch operation.outcome {
        case .absent: return deletions.contains { $0.meets(operation) }
        case .found(let value):
            if let spans = values[value] { return spans.contains { $0.meets(operation) } }
            return value % Self.stride != 0 && counts.contains { $0.meets(operation) }
        default: return false
        }
    }
}

extension OriginLoad {
    /// The verdict on what `record` returned. What only memory has is linearizable throughout.
    package func verdict(
        on history: [RecordedOperation]
    ) throws(HistoryFault) -> HistoryVerdict {
        var kept: [RecordedOperation] = []
        for (key, operations) in Dictionary(grouping: history, by: \.key) {
            if key.hasPrefix(Family.cached.rawValue) {
                kept += operations
            } else {
                let peeks = OriginPeeks(operations)
                kept += operations.filter { !peeks.contains($0) }
            }
        }
        return try checker.verdict(on: kept)
    }
}
