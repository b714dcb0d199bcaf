import LarderCore
import LarderPolicy
import LarderSimulator
import LarderTesting
import LarderTrace
import Testing

@Suite struct SimulationTests {
    private static let policies = PolicyName.allCases.filter { !$0.needsFuture }

    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder(["some.day.csv", "empty.csv", "short.bin"])
        var random = SeededRandom(seed: 5)
        let lines = (0..<30_000).map { number in
            let range = 1 + random.next() % (1 + random.next() % 2000)
            let key = random.next() % range
            return "\(number),\(key),\(1 + key % 97)\n"
        }
        folder.write("time,key,size\n" + lines.joined(), to: "some.day.csv")
        folder.write("time,key,size\n", to: "empty.csv")
        folder.write("23 bytes are no record.", to: "short.bin")
    }

    private func results(
        _ file: String = "some.day.csv", _ policies: [PolicyName] = policies,
        sizes: [String], countsObjects: Bool = false, threads: Int = 1
    ) throws -> [SimulationResult] {
        let path = folder.file(file)
        let simulation = Simulation(
            path: path, policies: policies,
            sizes: try sizes.map { try SimulatedSize(parsing: $0, countsObjects: countsObjects) },
            countsObjects: countsObjects
        ) { () throws(TraceError) in try TraceReader(path: path) }
        return try simulation.results(threads: threads) { _, _ in }
    }

    private var requests: [(hash: UInt64, size: UInt32)] {
        get throws {
            var reader = try TraceReader(path: folder.file("some.day.csv"))
            var batch = TraceBatch()
            var requests: [(hash: UInt64, size: UInt32)] = []
            while try reader.read(into: &batch) {
                for request in batch.requests {
                    var random = SeededRandom(seed: request.key)
                    requests.append((random.next(), request.size))
                }
            }
            return requests
        }
    }

    @Test(arguments: policies, [true, false])
    func `counts what the policy alone misses`(policy: PolicyName, countsObjects: Bool) throws {
        let result = try #require(
            try results("some.day.csv", [policy], sizes: ["400"], countsObjects: countsObjects)
                .first)
        let capacity: PolicyCapacity = countsObjects ? .entries(400) : .bytes(400)
        let expected = policy.missCount(capacity: capacity, requests: try requests)
        #expect(result.tally.missCount == expected)
        #expect(result.tally.requestCount == 30_000)
        #expect(result.missRatio == Double(expected) / 30_000)
        #expect(result.trace == "some")
        #expect(result.size == 400)
    }

    /// Fails when a thread has no part of its own, or the results come in the order of the threads.
    @Test func `threads change nothing but the time`() throws {
        let sizes = ["1%", "5%", "20%", "999"]
        let one = try results(sizes: sizes).map { [$0.size, $0.tally.missCount] }
        let four = try results(sizes: sizes, threads: 4).map { [$0.size, $0.tally.missCount] }
        let many = try results(sizes: sizes, threads: 99).map { [$0.size, $0.tally.missCount] }
        #expect(one == four)
        #expect(one == many)
        #expect(one.count == sizes.count * Self.policies.count)
    }

    @Test func `a share is of what a cache needs that evicts nothing`() throws {
        var sizes: [UInt64: UInt32] = [:]
        for request in try requests { sizes[request.hash] = request.size }
        let bytes = sizes.values.reduce(0) { $0 + Int($1) }
        #expect(
            try results("some.day.csv", [.lru], sizes: ["100%", "10%"]).map(\.size) == [
                bytes, bytes / 10,
            ])
        let objects = try results("some.day.csv", [.lru], sizes: ["100%"], countsObjects: true)
        #expect(objects.map(\.size) == [sizes.count])
        #expect(objects.map(\.tally.missCount) == [sizes.count])
        #expect(try results("some.day.csv", [.lru], sizes: ["0.0001%"]).map(\.size) == [1])
    }

    @Test(arguments: [
        ("0", "size '0': a cache holds something; 1% is the least that makes sense"),
        ("0%", "size '0%': a cache holds something; 1% is the least that makes sense"),
        ("5mb", "size '5mb': Without object sizes a size is a number of objects"),
        ("-1", "size '-1': Without object sizes a size is a number of objects"),
        ("101%", "size '101%': The ratio is above 100%"), ("", "size ''"),
    ])
    func `what is no size is told`(text: String, said: String) {
        let error = #expect(throws: SimulationError.self) {
            try SimulatedSize(parsing: text, countsObjects: true)
        }
        #expect(error?.description.hasPrefix(said) == true, "\(error?.description ?? "")")
    }

    @Test func `who looks ahead needs a trace that does`() {
        let error = #expect(throws: SimulationError.self) {
            try results("some.day.csv", [.lru, .belady], sizes: ["9"])
        }
        #expect(error?.description.contains("which belady needs") == true)
    }

    @Test func `a trace that cannot be read, or has no requests, is told`() {
        for (file, said) in [
            ("empty.csv", "the trace has no requests"), ("short.bin", "23 of the record's 24"),
            ("none.bin", "cannot open"),
        ] {
            for size in ["10", "10%"] {
                let error = #expect(throws: SimulationError.self) {
                    try results(file, sizes: [size], threads: 2)
                }
                #expect(error?.description.contains(said) == true, "\(error?.description ?? "")")
            }
        }
    }
}
