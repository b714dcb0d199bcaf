import Glibc
import LarderCore
import LarderPolicy
import LarderTrace

/// `larder-policy-loop TRACE POLICY ENTRIES`: the hit ratio of a policy in a pure loop, which
/// `Benchmarks/run --only replay` compares with that of the server.
@main struct PolicyLoopCommand {
    static func main() {
        let words = CommandLine.arguments
        guard words.count == 4, let policy = PolicyName(rawValue: words[2]),
            let entries = Int(words[3]), entries > 0
        else {
            print("usage: larder-policy-loop TRACE POLICY ENTRIES")
            exit(2)
        }
        do throws(TraceError) {
            var reader = try TraceReader(path: words[1])
            let run = policy.makeRun(capacity: .entries(entries))
            var batch = TraceBatch()
            var accesses: [Access] = []
            while try reader.read(into: &batch) {
                accesses.removeAll(keepingCapacity: true)
                for request in batch.requests { accesses.append(access(request)) }
                run.run(accesses.span)
            }
            let tally = run.tally()
            let hits = Double(tally.requestCount - tally.missCount)
            print("hit ratio \(hits / Double(max(1, tally.requestCount)) * 100) %")
        } catch {
            print("larder-policy-loop: \(error)")
            exit(1)
        }
    }

    /// Keys of traces are numbered in order of appearance: they are hashed before use.
    private static func access(_ request: TraceRequest) -> Access {
        var random = SeededRandom(seed: request.key)
        var access = Access(hash: random.next(), weight: 1)
        access.nextUse = UInt64(exactly: request.nextAccess) ?? .max
        return access
    }
}
