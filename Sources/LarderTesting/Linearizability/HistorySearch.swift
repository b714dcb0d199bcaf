import LarderCore

/// Looks for an order of one key's operations that explains every outcome and agrees with real
/// time: what returned before another was invoked comes before it.
///
/// The search of Wing and Gong [1] with the memory of Lowe [2]: try each operation that may come
/// next, go on from the state that it leaves, and never enter a configuration twice. Two things
/// are ours. A client has one request under way at a time, so a configuration is how far each
/// client has come, not a set of operations. And an operation whose reply says that it changed
/// nothing is taken as soon as it agrees with the state, without an alternative: wherever an
/// explanation has it, it may stand here too.
///
/// [1] Testing and verifying concurrent objects. J. Parallel Distrib. Comput. 17(1), 1993.
///     doi:10.1006/jpdc.1993.1015
/// [2] Testing for linearizability. Concurrency Computat. Pract. Exper. 29(4), 2017.
///     doi:10.1002/cpe.3928
struct HistorySearch {
    enum Finding {
        case explained
        /// No order does; `furthest` operations is what the best attempt explained.
        case contradiction(furthest: Int)
        case undecided
    }

    /// Each client's operations in the order in which it sent them.
    private let lanes: [[RecordedOperation]]
    private let evicts: Bool
    private let configurationMax: Int
    private let ground: Int64?
    /// Which reads showed a token: it is known once one of them is behind us.
    private let witnesses: [UInt64: [Witness]]

    private struct Witness {
        var lane: Int
        var index: Int
    }

    private struct Configuration: Hashable {
        /// How many operations of each lane took effect.
        var reached: [Int]
        var state: KeyState
    }

    init(
        operations: [RecordedOperation], evicts: Bool, configurationMax: Int, ground: Int64? = nil
    ) {
        let byClient = Dictionary(grouping: operations, by: \.client)
        lanes = byClient.keys.sorted().map { client in
            byClient[client, default: []].sorted { $0.invoked < $1.invoked }
        }
        var witnesses: [UInt64: [Witness]] = [:]
        for (lane, operations) in lanes.enumerated() {
            for (index, operation) in operations.enumerated() {
                guard case .foundVersion(_, let token) = operation.outcome else { continue }
                witnesses[token, default: []].append(Witness(lane: lane, index: index))
            }
        }
        self.witnesses = witnesses
        self.evicts = evicts
        self.configurationMax = configurationMax
        self.ground = ground
    }

    /// Whether the operations can be explained from one of `starts`.
    ///
    /// - Complexity: O(configurations). With few clients at a time it is close to linear in the
    ///   operations; it never looks at more than `configurationMax`.
    func finding(from starts: Set<KeyState>) -> Finding {
        var ends: Set<KeyState> = []
        return explore(from: starts, stopsAtEnd: true, ends: &ends)
    }

    /// All states in which the operations may leave the key, or `nil` when there are too many
    /// configurations.
    func endStates(from starts: Set<KeyState>) -> Set<KeyState>? {
        var ends: Set<KeyState> = []
        if case .undecided = explore(from: starts, stopsAtEnd: false, ends: &ends) { return nil }
        return ends
    }

    private func explore(
        from starts: Set<KeyState>, stopsAtEnd: Bool, ends: inout Set<KeyState>
    ) -> Finding {
        let origin = [Int](repeating: 0, count: lanes.count)
        var open = starts.map { Configuration(reached: origin, state: $0) }
        var seen: Set<Configuration> = []
        var furthest = 0
        while var next = open.popLast() {
            takeHarmless(in: &next)
            guard seen.insert(next).inserted else { continue }
            guard seen.count <= configurationMax else { return .undecided }
            furthest = max(furthest, next.reached.reduce(0, +))
            if isComplete(next) {
                ends.insert(next.state)
                if stopsAtEnd { return .explained }
            }
            branch(from: next, into: &open)
        }
        return ends.isEmpty ? .contradiction(furthest: furthest) : .explained
    }

    /// Takes every operation that agrees with the state and by its reply changed nothing.
    private func takeHarmless(in configuration: inout Configuration) {
        var moved = true
        while moved {
            moved = false
            let horizon = horizon(of: configuration)
            for lane in lanes.indices {
                guard let operation = candidate(lane, of: configuration, before: horizon),
                    operation.changesNothing,
                    successors(of: operation, in: configuration).contains(configuration.state)
                else { continue }
                configuration.reached[lane] += 1
                moved = true
            }
        }
    }

    private func branch(from configuration: Configuration, into open: inout [Configuration]) {
        let horizon = horizon(of: configuration)
        for lane in lanes.indices {
            guard let operation = candidate(lane, of: configuration, before: horizon) else {
                continue
            }
            for state in successors(of: operation, in: configuration) {
                var next = Configuration(reached: configuration.reached, state: state)
                next.reached[lane] += 1
                open.append(next)
            }
        }
    }

    private func successors(
        of operation: RecordedOperation, in configuration: Configuration
    ) -> [KeyState] {
        configuration.state.successors(of: operation, evicts: evicts, ground: ground) { token in
            witnesses[token, default: []].contains {
                $0.index < configuration.reached[$0.lane]
            }
        }
    }

    /// What is invoked after this moment must wait for somebody who returned by it.
    private func horizon(of configuration: Configuration) -> Tick {
        var horizon = Tick.never
        for lane in lanes.indices where configuration.reached[lane] < lanes[lane].count {
            horizon = min(horizon, lanes[lane][configuration.reached[lane]].returned)
        }
        return horizon
    }

    private func candidate(
        _ lane: Int, of configuration: Configuration, before horizon: Tick
    ) -> RecordedOperation? {
        let index = configuration.reached[lane]
        guard index < lanes[lane].count, lanes[lane][index].invoked <= horizon else { return nil }
        return lanes[lane][index]
    }

    /// Everything that has a reply is explained; what has none need not have happened.
    private func isComplete(_ configuration: Configuration) -> Bool {
        lanes.indices.allSatisfy { lane in
            lanes[lane][configuration.reached[lane]...].allSatisfy { $0.outcome == .unknown }
        }
    }
}

extension RecordedOperation {
    /// Whether the reply says that the entry stayed as it was. A write of the value that is there
    /// already does not count: it may be needed later, after a delete.
    fileprivate var changesNothing: Bool {
        switch outcome {
        case .absent, .notApplied, .changed, .failed: true
        case .found, .foundVersion: command == .get || command == .gets
        case .applied, .cleared, .doubtful, .unknown, .nonsense: false
        }
    }
}
