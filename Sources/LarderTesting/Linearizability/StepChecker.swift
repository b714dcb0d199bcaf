import LarderCore

/// Tells whether recorded steps over several keys can have happened one after the other, each at
/// a moment between its call and its return.
///
/// The search of `HistorySearch`, over the values of all keys at once: what a step read decides
/// where it may stand, so there is little to try.
package struct StepChecker: Sendable {
    /// The most configurations looked at; beyond it the verdict is `undecided`.
    package var configurationMax = 1_000_000

    package init() {}

    /// The verdict on a history in any order, from the values with which it begins.
    ///
    /// - Complexity: O(configurations × clients).
    package func verdict(on history: [RecordedStep], from values: [Int64]) -> StepVerdict {
        let byClient = Dictionary(grouping: history, by: \.client)
        let lanes = byClient.keys.sorted().map { client in
            byClient[client, default: []].sorted { $0.invoked < $1.invoked }
        }
        var open = [
            StepConfiguration(reached: Array(repeating: 0, count: lanes.count), values: values)
        ]
        var seen: Set<StepConfiguration> = []
        var best = open[0]
        while var next = open.popLast() {
            next.takeReads(of: lanes)
            guard seen.insert(next).inserted else { continue }
            guard seen.count <= configurationMax else { return .undecided }
            if next.isComplete(lanes) { return .linearizable }
            if next.depth > best.depth { best = next }
            for lane in lanes.indices {
                if let step = next.candidate(lane, of: lanes), next.explains(step) {
                    open.append(next.after(step, of: lane))
                }
            }
        }
        let stuck = lanes.indices.compactMap { best.candidate($0, of: lanes) }
        return .violation(explained: best.depth, values: best.values, stuck: stuck)
    }
}

/// What the checker says.
package enum StepVerdict: Sendable {
    case linearizable
    /// No order explains the history. The best attempt explained so many steps and left these
    /// values, with which none of `stuck` agrees that may come next.
    case violation(explained: Int, values: [Int64], stuck: [RecordedStep])
    case undecided

    package var isLinearizable: Bool {
        if case .linearizable = self { return true }
        return false
    }
}

/// How far each client has come, and what the keys hold.
private struct StepConfiguration: Hashable {
    var reached: [Int]
    var values: [Int64]

    var depth: Int { reached.reduce(0, +) }

    func explains(_ step: RecordedStep) -> Bool {
        step.reads.allSatisfy { values[$0.key] == $0.value }
    }

    func after(_ step: RecordedStep, of lane: Int) -> StepConfiguration {
        var next = self
        next.reached[lane] += 1
        for (key, value) in step.writes { next.values[key] = value }
        return next
    }

    /// The next step of a lane, unless somebody must return before it was called.
    func candidate(_ lane: Int, of lanes: [[RecordedStep]]) -> RecordedStep? {
        guard reached[lane] < lanes[lane].count else { return nil }
        let step = lanes[lane][reached[lane]]
        let horizon = lanes.indices.reduce(Tick.never) { horizon, other in
            reached[other] < lanes[other].count
                ? min(horizon, lanes[other][reached[other]].returned) : horizon
        }
        return step.invoked <= horizon ? step : nil
    }

    /// Takes every step that may come next, agrees and writes nothing: it may as well stand here.
    mutating func takeReads(of lanes: [[RecordedStep]]) {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for lane in lanes.indices {
                guard let step = candidate(lane, of: lanes), step.writes.isEmpty, explains(step)
                else { continue }
                reached[lane] += 1
                hasMoved = true
            }
        }
    }

    /// Everything that was confirmed is explained.
    func isComplete(_ lanes: [[RecordedStep]]) -> Bool {
        lanes.indices.allSatisfy { lane in
            lanes[lane][reached[lane]...].allSatisfy { !$0.isConfirmed }
        }
    }
}
