/// Counts durations in buckets whose width grows with them: 64 buckets for each power of two, so
/// that a quantile is at most 1/64 (1.6 %) above the true one, in 20 KiB.
///
/// The layout of HdrHistogram: numbers below 64 have a bucket each; above, the six bits after the
/// leading one select the bucket.
public struct LatencyHistogram: Hashable, Sendable {
    private static let subBits = 6
    private static let subCount = 1 << subBits
    /// Longer durations, above 18 minutes, count as this one.
    private static let nanosecondsMax: UInt64 = (1 << 40) - 1

    private var buckets = [UInt64](repeating: 0, count: bucket(of: nanosecondsMax) + 1)
    /// Durations recorded.
    public private(set) var count: UInt64 = 0
    /// The longest of them.
    public private(set) var max: UInt64 = 0

    /// Nothing recorded.
    public init() {}

    /// Records a duration `times` times.
    ///
    /// - Complexity: O(1).
    public mutating func record(nanoseconds: UInt64, times: Int = 1) {
        guard times > 0 else { return }
        let clamped = min(nanoseconds, Self.nanosecondsMax)
        buckets[Self.bucket(of: clamped)] += UInt64(times)
        count += UInt64(times)
        max = Swift.max(max, clamped)
    }

    /// Adds what another histogram recorded.
    ///
    /// - Complexity: O(1): there are 2,240 buckets.
    public mutating func merge(_ other: LatencyHistogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
        max = Swift.max(max, other.max)
    }

    /// The nanoseconds that a share of the durations, from 0 to 1, does not exceed; `nil` if none
    /// is recorded.
    ///
    /// - Complexity: O(1): there are 2,240 buckets.
    public func quantile(_ share: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let wanted = Swift.max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, bucket) in zip(buckets.indices, buckets) {
            seen += bucket
            if seen >= wanted { return min(Self.upperBound(ofBucket: index), max) }
        }
        return max
    }

    private static func bucket(of number: UInt64) -> Int {
        guard number >= subCount else { return Int(number) }
        let shift = number.bitWidth - number.leadingZeroBitCount - 1 - subBits
        return (shift + 1) << subBits + Int(number >> shift) - subCount
    }

    /// The largest number that the bucket counts.
    private static func upperBound(ofBucket bucket: Int) -> UInt64 {
        guard bucket >= subCount else { return UInt64(bucket) }
        let shift = bucket >> subBits - 1
        let leading = UInt64(bucket & (subCount - 1) + subCount)
        return (leading + 1) << shift - 1
    }
}
