import Glibc
import LarderTrace
import Testing

@Suite struct GeneratorTests {
    static func requests(
        _ parts: [WorkloadPart], count: Int, sizes: ObjectSizes = .fixed(1), seed: UInt64 = 1
    ) -> [TraceRequest] {
        var generator = TraceGenerator(parts, sizes: sizes, seed: seed)
        return (0..<count).map { _ in generator.next() }
    }

    static func counts(_ requests: [TraceRequest]) -> [UInt64: Int] {
        requests.reduce(into: [:]) { $0[$1.key, default: 0] += 1 }
    }

    @Test(arguments: [
        (Workload.zipf(objects: 1000, alpha: 1), UInt64(0x4AC3_179C_E7A7_B16E)),
        (.zipf(objects: 1_000_000, alpha: 0.8), 0x15CB_2636_BD3D_DD02),
        (.scan, 0x5D20_8B6B_1298_1F5C),
        (.loop(objects: 300), 0x8C77_1E49_EE5E_2BEA),
        (.shifting(objects: 1000, alpha: 1.1, period: 100, step: 10), 0xFDF0_0769_4C6A_8689),
    ])
    func `a seed gives the same requests for all time`(workload: Workload, hash: UInt64) {
        let requests = Self.requests([WorkloadPart(workload)], count: 1000, seed: 42)
        #expect(requests.fingerprint == hash)
    }

    @Test func `a mixture with log-normal sizes gives the same requests for all time`() {
        let parts = [
            WorkloadPart(.zipf(objects: 1000, alpha: 1), weight: 70),
            WorkloadPart(.scan, weight: 30),
        ]
        let requests = Self.requests(
            parts, count: 1000, sizes: .logNormal(median: 300, sigma: 1.5), seed: 42)
        #expect(requests.fingerprint == 0x7BF5_DD2B_F48F_A33A)
    }

    @Test func `another seed gives other requests`() {
        let part = WorkloadPart(.zipf(objects: 1000, alpha: 1))
        let first = Self.requests([part], count: 100, seed: 1)
        #expect(first != Self.requests([part], count: 100, seed: 2))
        #expect(first == Self.requests([part], count: 100, seed: 1))
    }

    /// The share of rank k is `k^-alpha / sum`; five standard deviations around it.
    @Test(arguments: [0, 0.5, 0.99, 1, 1.000000001, 1.5, 3])
    func `ranks of a Zipf law come as often as they should`(alpha: Double) {
        let (objects, draws) = (500, 200_000)
        let counts = Self.counts(
            Self.requests([WorkloadPart(.zipf(objects: objects, alpha: alpha))], count: draws))
        let sum = (1...objects).reduce(0) { $0 + pow(Double($1), -alpha) }
        for rank in [1, 2, 3, 10, 100, 500] {
            let share = pow(Double(rank), -alpha) / sum
            let expected = share * Double(draws)
            let deviation = (expected * (1 - share)).squareRoot()
            let actual = Double(counts[UInt64(rank)] ?? 0)
            #expect(abs(actual - expected) <= 5 * deviation + 1, "rank \(rank)")
        }
        #expect(counts.keys.allSatisfy { (1...UInt64(objects)).contains($0) })
    }

    @Test(arguments: [0.7, 1, 1.3])
    func `the estimate of a trace's alpha finds the alpha it was made with`(alpha: Double) throws {
        var statistics = TraceStatistics()
        let part = WorkloadPart(.zipf(objects: 10_000, alpha: alpha))
        for request in Self.requests([part], count: 300_000) { statistics.add(request) }
        let estimate = try #require(statistics.summary().zipfAlpha)
        #expect(abs(estimate - alpha) < 0.05)
    }

    @Test func `one object is always that object`() {
        let requests = Self.requests([WorkloadPart(.zipf(objects: 1, alpha: 1))], count: 100)
        #expect(requests.allSatisfy { $0.key == 1 })
    }

    @Test func `a scan never repeats and a loop repeats in order`() {
        let scan = Self.requests([WorkloadPart(.scan)], count: 500)
        #expect(scan.map(\.key) == Array(1...500))
        let loop = Self.requests([WorkloadPart(.loop(objects: 3))], count: 7)
        #expect(loop.map(\.key) == [1, 2, 3, 1, 2, 3, 1])
    }

    @Test func `popularity shifts by the step after each period`() {
        let workload = Workload.shifting(objects: 100, alpha: 2, period: 5000, step: 30)
        let requests = Self.requests([WorkloadPart(workload)], count: 20_000)
        let hottest = stride(from: 0, to: 20_000, by: 5000).map { start in
            Self.counts(Array(requests[start..<(start + 5000)])).max { $0.value < $1.value }?.key
        }
        #expect(hottest == [1, 31, 61, 91])
    }

    @Test func `parts of a mixture have their shares and no common keys`() {
        let parts = [
            WorkloadPart(.loop(objects: 10), weight: 3),
            WorkloadPart(.loop(objects: 10), weight: 1),
        ]
        let counts = Self.counts(Self.requests(parts, count: 40_000))
        #expect(counts.count == 20)
        let first = counts.filter { $0.key <= 10 }.values.reduce(0, +)
        #expect(abs(first - 30_000) < 500)
    }

    @Test func `log-normal sizes have their median and belong to their object`() {
        let requests = Self.requests(
            [WorkloadPart(.zipf(objects: 5000, alpha: 0))], count: 20_000,
            sizes: .logNormal(median: 1000, sigma: 1))
        let sizes =
            requests.reduce(into: [:]) { $0[$1.key, default: []].insert($1.size) }
            as [UInt64: Set<UInt32>]
        #expect(sizes.values.allSatisfy { $0.count == 1 })
        let sorted = sizes.values.compactMap(\.first).sorted()
        #expect((900...1100).contains(sorted[sorted.count / 2]))
        // 84.1 % lie below the median times e.
        let below = sorted.count { $0 < 2718 }
        #expect((0.82...0.86).contains(Double(below) / Double(sorted.count)))
    }
}
