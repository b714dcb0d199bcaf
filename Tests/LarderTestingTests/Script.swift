import LarderCore
import LarderTesting

/// Histories written by hand.
enum Script {
    /// An operation on one key; times in microseconds.
    static func operation(
        _ client: Int, _ command: KeyCommand, _ outcome: KeyOutcome, _ from: UInt64, _ to: UInt64
    ) -> RecordedOperation {
        RecordedOperation(
            client: client, key: "k", command: command, outcome: outcome,
            invoked: Tick(nanoseconds: from * 1_000), returned: Tick(nanoseconds: to * 1_000))
    }

    /// One client's operations, one after the other, at 10, 20, 30 … microseconds.
    static func sequence(_ steps: [(KeyCommand, KeyOutcome)]) -> [RecordedOperation] {
        steps.enumerated().map { index, step in
            let from = UInt64(index + 1) * 10
            return operation(0, step.0, step.1, from, from + 5)
        }
    }
}
