/// Counts of durations in nanoseconds, each bucket at most 1/32 wider than its start.
struct LatencyHistogram {
    private static let stepBits = 5
    private static let steps = 1 << stepBits

    private var counts = [UInt64](repeating: 0, count: 64 * LatencyHistogram.steps)
    private(set) var total: UInt64 = 0

    mutating func record(_ nanoseconds: UInt64, count: Int) {
        counts[LatencyHistogram.bucket(of: nanoseconds)] += UInt64(count)
        total += UInt64(count)
    }

    mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        total += other.total
    }

    /// The start of the bucket that holds the given share of all, in nanoseconds; 0 when empty.
    func percentile(_ percent: Double) -> UInt64 {
        let rank = UInt64((Double(total) * percent / 100).rounded(.up))
        var seen: UInt64 = 0
        for index in counts.indices where counts[index] > 0 {
            seen += counts[index]
            if seen >= rank { return LatencyHistogram.start(ofBucket: index) }
        }
        return 0
    }

    /// Below 32 each number has its bucket; above, the bits after the highest one choose the step.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(steps) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - stepBits
        return (shift + 1) * steps + Int(value >> UInt64(shift)) - steps
    }

    private static func start(ofBucket index: Int) -> UInt64 {
        guard index >= steps else { return UInt64(index) }
        let shift = index / steps - 1
        return UInt64(index % steps + steps) << UInt64(shift)
    }
}
