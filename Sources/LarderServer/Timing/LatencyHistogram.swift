/// How often commands took how long: 32 buckets for each doubling, so a bucket is at most 3 % wide.
struct LatencyHistogram: Sendable {
    private static var stepBits: Int { 5 }
    private static var steps: Int { 1 << stepBits }
    /// 2^40 ns, more than a quarter of an hour, and whatever is above it.
    private static var bucketCount: Int { (40 - stepBits + 1) * steps }

    private(set) var counts: [UInt64] = []
    /// All that was counted.
    private(set) var total: UInt64 = 0

    /// Counts `weight` commands of this time.
    mutating func add(nanoseconds: UInt64, weight: UInt64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        counts[Self.bucket(of: nanoseconds)] &+= weight
        total &+= weight
    }

    mutating func merge(_ other: LatencyHistogram) {
        guard other.total > 0 else { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        for index in counts.indices { counts[index] &+= other.counts[index] }
        total &+= other.total
    }

    /// The bucket of a time.
    static func bucket(of nanoseconds: UInt64) -> Int {
        guard nanoseconds >= UInt64(steps) else { return Int(nanoseconds) }
        let exponent = 63 - nanoseconds.leadingZeroBitCount
        let step = Int(nanoseconds >> UInt64(exponent - stepBits)) - steps
        return min((exponent - stepBits + 1) * steps + step, bucketCount - 1)
    }

    /// The longest time that a bucket counts, in nanoseconds.
    static func upperBound(of bucket: Int) -> UInt64 {
        let (octave, step) = bucket.quotientAndRemainder(dividingBy: steps)
        guard octave > 0 else { return UInt64(step) }
        return (UInt64(steps + step + 1) << UInt64(octave - 1)) - 1
    }

    /// The time below which a share of all commands stayed, in nanoseconds; 0 when there were none.
    func percentile(_ percent: Double) -> UInt64 {
        let wanted = max(1, UInt64((Double(total) * percent / 100).rounded(.up)))
        var sum: UInt64 = 0
        for (bucket, count) in counts.enumerated() where count > 0 {
            sum &+= count
            if sum >= wanted { return Self.upperBound(of: bucket) }
        }
        return 0
    }

    /// For each doubling from 1,024 ns on in which commands ended: its end in microseconds, and how
    /// many commands took no longer.
    var doublings: [(microseconds: UInt64, count: UInt64)] {
        var found: [(microseconds: UInt64, count: UInt64)] = []
        var (sum, end, bucket): (UInt64, UInt64, Int) = (0, 1024, 0)
        while sum < total {
            let before = sum
            while bucket < counts.count, Self.upperBound(of: bucket) <= end {
                sum &+= counts[bucket]
                bucket += 1
            }
            if bucket == counts.count { sum = total }
            if sum > before { found.append((end / 1000, sum)) }
            end *= 2
        }
        return found
    }
}
