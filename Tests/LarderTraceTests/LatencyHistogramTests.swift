import LarderTrace
import Testing

@Suite struct LatencyHistogramTests {
    static let shares = [0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1]

    @Test(arguments: UInt64(0)..<32)
    func `quantiles are at most a 64th above the true ones, and never below`(seed: UInt64) throws {
        var generator = TraceGenerator(
            [WorkloadPart(.scan)],
            sizes: .logNormal(median: 1 << UInt32(seed % 31), sigma: 2), seed: seed)
        let durations = (0..<2000).map { _ in UInt64(generator.next().size) }
        var histogram = LatencyHistogram()
        for duration in durations { histogram.record(nanoseconds: duration) }
        let sorted = durations.sorted()
        for share in Self.shares {
            let rank = max(1, Int((share * Double(sorted.count)).rounded(.up)))
            let exact = sorted[rank - 1]
            let estimate = try #require(histogram.quantile(share))
            #expect(estimate >= exact)
            #expect(estimate - exact <= exact / 64)
        }
    }

    @Test func `small durations are exact and the longest is kept`() {
        var histogram = LatencyHistogram()
        for duration in 0..<UInt64(128) { histogram.record(nanoseconds: duration) }
        #expect(histogram.quantile(0.5) == 63)
        #expect(histogram.max == 127)
        histogram.record(nanoseconds: 1_000_003)
        #expect(histogram.quantile(1) == 1_000_003)
    }

    @Test func `a duration beyond the range counts as the longest of the range`() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: .max)
        #expect(histogram.quantile(0.5) == (1 << 40) - 1)
    }

    @Test func `an empty histogram has no quantile`() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: 5, times: 0)
        #expect(histogram.quantile(0.5) == nil)
        #expect(histogram.count == 0)
    }

    @Test func `merged histograms equal one that recorded all`() {
        var (left, right, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for duration in stride(from: UInt64(1), to: 1_000_000, by: 997) {
            if duration.isMultiple(of: 2) {
                left.record(nanoseconds: duration, times: 3)
            } else {
                right.record(nanoseconds: duration, times: 3)
            }
            both.record(nanoseconds: duration, times: 3)
        }
        left.merge(right)
        #expect(left == both)
    }
}
