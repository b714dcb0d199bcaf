import LarderCore

/// How long each command took, by its place in `CommandTable.names`. A loop notes its own; any
/// thread may ask.
///
/// Commands that are timed now and then stand for those of their kind that ran since.
final class CommandTimes: Sendable {
    /// What is known of one command.
    struct Record: Sendable {
        /// Calls that the times stand for.
        var calls: UInt64 = 0
        var nanoseconds: UInt64 = 0
        var histogram = LatencyHistogram()

        /// The whole time of `calls` calls, in microseconds.
        func microseconds(of calls: UInt64) -> UInt64 {
            guard self.calls > 0 else { return 0 }
            let each = Double(nanoseconds) / Double(self.calls)
            return UInt64((each * Double(calls) / 1000).rounded())
        }

        static func + (left: Record, right: Record) -> Record {
            var sum = left
            sum.calls &+= right.calls
            sum.nanoseconds &+= right.nanoseconds
            sum.histogram.merge(right.histogram)
            return sum
        }
    }

    private struct State {
        var records: [Record]
        /// Calls since the start at the last note of each command.
        var noted: [UInt64]
    }

    private let state: Guarded<State>

    init(count: Int) {
        state = Guarded(
            State(
                records: Array(repeating: Record(), count: count),
                noted: Array(repeating: 0, count: count)))
    }

    /// Notes that the last of so many calls of a command since the start took so long.
    func note(_ place: Int, nanoseconds: UInt64, calls: UInt64) {
        state.withLock { state in
            let weight = max(1, calls &- state.noted[place])
            state.noted[place] = calls
            state.records[place].calls &+= weight
            state.records[place].nanoseconds &+= nanoseconds &* weight
            state.records[place].histogram.add(nanoseconds: nanoseconds, weight: weight)
        }
    }

    func reset() {
        state.withLock { state in
            for place in state.records.indices {
                state.records[place] = Record()
            }
        }
    }

    subscript(place: Int) -> Record { state.withLock { $0.records[place] } }
}
