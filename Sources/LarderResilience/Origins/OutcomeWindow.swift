import LarderCore

/// How many calls succeeded and failed lately: a ring of ten buckets, so that what it says is about
/// nine to ten tenths of the window.
struct OutcomeWindow: Hashable, Sendable {
    private struct Bucket: Hashable {
        var successes = 0
        var failures = 0
    }

    private static let bucketCount: UInt64 = 10

    private let bucketNanoseconds: UInt64
    private var buckets = [Bucket](repeating: Bucket(), count: Int(bucketCount))
    /// Number of the newest bucket since the start of the scale.
    private var newest: UInt64 = 0
    private var total = Bucket()

    init(_ duration: Duration) {
        bucketNanoseconds = max(duration.tickNanoseconds / Self.bucketCount, 1)
    }

    /// Notes one outcome, and returns what the window then holds.
    ///
    /// - Complexity: O(1).
    mutating func add(isFailure: Bool, at now: Tick) -> (calls: Int, failures: Int) {
        moveOn(to: now.nanoseconds / bucketNanoseconds)
        let place = Int(newest % Self.bucketCount)
        if isFailure {
            buckets[place].failures += 1
            total.failures += 1
        } else {
            buckets[place].successes += 1
            total.successes += 1
        }
        return (total.successes + total.failures, total.failures)
    }

    mutating func clear() {
        for place in buckets.indices { buckets[place] = Bucket() }
        total = Bucket()
    }

    private mutating func moveOn(to number: UInt64) {
        guard number > newest else { return }
        let passed = min(number - newest, Self.bucketCount)
        for step in 0..<passed {
            let place = Int((number - step) % Self.bucketCount)
            total.successes -= buckets[place].successes
            total.failures -= buckets[place].failures
            buckets[place] = Bucket()
        }
        newest = number
    }
}
