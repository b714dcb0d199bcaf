import LarderTrace
import Testing

@Suite struct StatisticsTests {
    @Test func `an empty trace has no sizes and no alpha`() {
        let summary = TraceStatistics().summary()
        #expect(summary.requestCount == 0)
        #expect(summary.objectCount == 0)
        #expect(summary.sizes == nil)
        #expect(summary.zipfAlpha == nil)
        #expect(summary.oneHitShare == 0)
        #expect(summary.durationSeconds == 0)
    }

    @Test func `counts are those of a trace counted by hand`() throws {
        var statistics = TraceStatistics()
        for (time, key, size) in [(10, 1, 100), (11, 2, 50), (12, 1, 100), (20, 3, 1), (15, 3, 2)] {
            statistics.add(
                TraceRequest(time: UInt32(time), key: UInt64(key), size: UInt32(size)))
        }
        let summary = statistics.summary()
        #expect(summary.requestCount == 5)
        #expect(summary.objectCount == 3)
        #expect(summary.oneHitCount == 1)
        #expect(summary.requestedBytes == 253)
        #expect(summary.footprintBytes == 152)
        #expect(summary.durationSeconds == 10)
        let sizes = try #require(summary.sizes)
        #expect((sizes.min, sizes.median, sizes.percentile99, sizes.max) == (2, 50, 100, 100))
        #expect(abs(sizes.mean - 152.0 / 3) < 1e-9)
    }

    @Test(arguments: UInt64(1)...8)
    func `objects and one-hit objects agree with a dictionary`(seed: UInt64) {
        var generator = TraceGenerator([WorkloadPart(.zipf(objects: 4000, alpha: 0.9))], seed: seed)
        var statistics = TraceStatistics()
        var counts: [UInt64: Int] = [:]
        for _ in 0..<10_000 {
            let request = generator.next()
            statistics.add(request)
            counts[request.key, default: 0] += 1
        }
        let summary = statistics.summary()
        #expect(summary.objectCount == counts.count)
        #expect(summary.oneHitCount == counts.values.count { $0 == 1 })
    }

    @Test func `the next access is that of a search forward`() {
        var generator = TraceGenerator([WorkloadPart(.zipf(objects: 60, alpha: 0.7))], seed: 9)
        var requests = (0..<400).map { _ in generator.next() }
        requests.fillNextAccess()
        for (index, request) in zip(requests.indices, requests) {
            let next = requests[(index + 1)...].firstIndex { $0.key == request.key }
            #expect(request.nextAccess == next.map { Int64($0 + 1) } ?? TraceRequest.neverAgain)
        }
    }
}
