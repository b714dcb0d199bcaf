import Testing

@testable import LoadGenerator

@Suite struct PlanTests {
    @Test func `arguments are understood`() throws {
        let plan = try Plan(arguments: [
            "--to", "127.0.0.1:7000", "--protocol", "memcached", "--pipeline", "16", "--hold",
        ])
        #expect(plan.port == 7000 && plan.dialect == .memcached)
        #expect(plan.pipeline == 16 && plan.hold)
    }

    @Test(arguments: [
        ["--to", "localhost"], ["--pipeline", "0"], ["--keys"], ["--protocol", "http"],
        ["--connections", "1", "--threads", "2"], ["--requests", "-1"], ["--what", "1"],
    ])
    func `nonsense is refused`(arguments: [String]) {
        #expect(throws: UsageFailure.self) { try Plan(arguments: arguments) }
    }

    @Test(arguments: [1, 2, 3, 7])
    func `threads share a sequence of keys without gap or overlap`(threads: Int) {
        var plan = Plan()
        (plan.keys, plan.requests, plan.firstKey) = (100, 100, 5)
        (plan.order, plan.connections) = (.sequential, 10)
        var keys: [Int] = []
        for index in 0..<threads {
            let part = plan.share(index, of: threads)
            var stream = KeyStream(part)
            for _ in 0..<part.requests { keys.append(stream.nextRequest().key) }
        }
        #expect(keys == Array(5..<105))
    }

    @Test func `random keys stay in range and mix as asked`() {
        var plan = Plan()
        (plan.firstKey, plan.keys, plan.getsPerMillion) = (10, 7, 250_000)
        var stream = KeyStream(plan)
        let requests = (0..<10_000).map { _ in stream.nextRequest() }
        #expect(Set(requests.map(\.key)) == Set(10..<17))
        #expect((2300...2700).contains(requests.count { $0.isGet }))
    }
}

@Suite struct LatencyHistogramTests {
    @Test func `a percentile is exact to one part in 32`() {
        var histogram = LatencyHistogram()
        for value in 1...100_000 { histogram.record(UInt64(value), count: 1) }
        for (percent, exact) in [(50.0, 50_000.0), (99.0, 99_000.0), (99.9, 99_900.0)] {
            let found = Double(histogram.percentile(percent))
            #expect(found <= exact && found > exact * 31 / 32)
        }
    }

    @Test func `small and huge values have a place`() {
        var histogram = LatencyHistogram()
        histogram.record(0, count: 1)
        histogram.record(.max, count: 1)
        #expect(histogram.percentile(1) == 0)
        #expect(histogram.percentile(100) >= .max / 64 * 63)
    }

    @Test func `nothing recorded is zero`() {
        #expect(LatencyHistogram().percentile(99) == 0)
    }
}
