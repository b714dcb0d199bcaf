package import LarderCore

/// Tells whether recorded concurrent histories are linearizable key by key (promise P1), which is
/// the same as linearizable as a whole.
package struct HistoryChecker: Sendable {
    /// Whether an entry may vanish at any moment because the server has to make room.
    package var evicts: Bool
    /// The most configurations looked at for one key; beyond it the verdict is `undecided`.
    package var configurationMax: Int
    /// What a key is read as that has no entry: the value of its origin, in which nobody changes
    /// it. Where there is none it is absent.
    package var grounds: [String: Int64] = [:]

    package init(evicts: Bool = false, configurationMax: Int = 1_000_000) {
        self.evicts = evicts
        self.configurationMax = configurationMax
    }

    /// The verdict on a history in any order.
    ///
    /// - Throws: `HistoryFault` when it cannot have been recorded by sequential clients.
    package func verdict(
        on history: [RecordedOperation]
    ) throws(HistoryFault) -> HistoryVerdict {
        try Self.validate(history)
        let byKey = Dictionary(grouping: history, by: \.key)
        for key in byKey.keys.sorted() {
            let operations = byKey[key, default: []]
            switch search(operations).finding(from: [.empty]) {
            case .explained: continue
            case .undecided: return .undecided(key: key, operations: operations.count)
            case .contradiction:
                return .violation(Counterexample(of: operations, key: key, checker: self))
            }
        }
        return .linearizable
    }

    func search(_ operations: [RecordedOperation]) -> HistorySearch {
        HistorySearch(
            operations: operations, evicts: evicts, configurationMax: configurationMax,
            ground: operations.first.flatMap { grounds[$0.key] })
    }

    private static func validate(_ history: [RecordedOperation]) throws(HistoryFault) {
        for (client, operations) in Dictionary(grouping: history, by: \.client) {
            var previous: RecordedOperation?
            for operation in operations.sorted(by: { $0.invoked < $1.invoked }) {
                if operation.returned < operation.invoked {
                    throw .returnsBeforeItsCall(client: client, at: operation.invoked)
                }
                if let previous, previous.returned > operation.invoked {
                    throw .overlapping(client: client, at: operation.invoked)
                }
                previous = operation
            }
        }
    }
}

/// What the checker says of a history.
package enum HistoryVerdict: Sendable {
    case linearizable
    case violation(Counterexample)
    /// Too much happened at once to tell within the limit of configurations.
    case undecided(key: String, operations: Int)

    /// Whether every key's operations were explained.
    package var isLinearizable: Bool {
        if case .linearizable = self { return true }
        return false
    }
}

extension HistoryVerdict: CustomStringConvertible {
    package var description: String {
        switch self {
        case .linearizable: "linearizable"
        case .violation(let counterexample): counterexample.description
        case .undecided(let key, let operations):
            "undecided: too many configurations for the \(operations) operations on \(key)"
        }
    }
}

/// A history that no recorder of sequential clients can have written.
package enum HistoryFault: Error, Hashable {
    case returnsBeforeItsCall(client: Int, at: Tick)
    case overlapping(client: Int, at: Tick)
}
