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
            let requests = try requests(in: words[1])
            let misses = policy.missCount(capacity: .entries(entries), requests: requests)
            let hits = Double(requests.count - misses) / Double(max(1, requests.count))
            print("hit ratio \(hits * 100) %")
        } catch {
            print("larder-policy-loop: \(error)")
            exit(1)
        }
    }

    /// Keys of traces are numbered in order of appearance: they are hashed before use.
    private static func requests(
        in path: String
    ) throws(TraceError) -> [(hash: UInt64, size: UInt32)] {
        var reader = try TraceReader(path: path)
        var batch = TraceBatch()
        var requests: [(hash: UInt64, size: UInt32)] = []
        while try reader.read(into: &batch) {
            for request in batch.requests {
                var random = SeededRandom(seed: request.key)
                requests.append((random.next(), 1))
            }
        }
        return requests
    }
}
