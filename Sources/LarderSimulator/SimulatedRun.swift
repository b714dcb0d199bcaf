import LarderCore
import LarderPolicy

/// A policy in a cache of some size, while a trace goes by. Of one thread at a time.
final class SimulatedRun {
    private let policy: PolicyName
    private let capacity: PolicyCapacity
    private let run: PolicyRun
    private var time = Duration.zero

    init(_ policy: PolicyName, _ capacity: PolicyCapacity) {
        (self.policy, self.capacity) = (policy, capacity)
        run = policy.makeRun(capacity: capacity)
    }

    func run(_ accesses: [Access]) {
        let begin = MonotonicClock.threadTime()
        run.run(accesses.span)
        time += MonotonicClock.threadTime() - begin
    }

    func result(path: String, requestedBytes: Int) -> SimulationResult {
        let size =
            switch capacity {
            case .entries(let count): count
            case .bytes(let count): count
            }
        return SimulationResult(
            trace: Self.name(ofPath: path), policy: policy, size: size, tally: run.tally(),
            requestedBytes: requestedBytes, seconds: time / .seconds(1))
    }

    /// The file's name up to its first dot.
    private static func name(ofPath path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.prefix { $0 != "." })
    }
}
