import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Requests with many values that are streamed into the store.
@Suite(.onOwnThread) struct StreamedRequestTests {
    private static func pairs(_ counts: [Int]) -> [String] {
        counts.enumerated().flatMap { index, count in
            let letter = String(UnicodeScalar(UInt8(97 + index % 26)))
            return ["key:\(index)", String(repeating: letter, count: count)]
        }
    }

    private static let counts = (0..<40).map { [10, 70_000, 5, 66_000, 9_000, 65_536][$0 % 6] }

    @Test(arguments: [1 << 30, 65_537, 7_001], [false, true])
    func `values of all sizes arrive, however they are cut`(step: Int, mayEvict: Bool) throws {
        let fixture = try ServerFixture { $0.memory.whenFull = mayEvict ? .evict : .refuse }
        let client = try fixture.client()
        let pairs = Self.pairs(Self.counts)
        let request = TestClient.request(["MSET"] + pairs) + TestClient.request(["PING"])
        for start in stride(from: 0, to: request.count, by: step) {
            try client.send(Array(request[start..<min(request.count, start + step)]))
        }
        #expect(try client.text(12) == "+OK\r\n+PONG\r\n")
        for index in Self.counts.indices {
            let value = pairs[index * 2 + 1]
            let reply = try client.ask("GET", pairs[index * 2])
            #expect(reply == "$\(value.utf8.count)\r\n\(value)\r\n")
        }
        try fixture.store.checkInvariants()
    }

    /// Fails when what came before, 30 MB, is copied for each of the 400 values.
    @Test func `a long beginning costs the values behind it nothing`() async {
        // In a process of its own, whose CPU time has no other test in it.
        await #expect(processExitsWith: .success) {
            let fixture = try ServerFixture { $0.memory.limit = .bytes(256 << 20) }
            let client = try fixture.client()
            func processTime(_ requests: [[UInt8]]) throws -> Duration {
                var best = Duration.seconds(60)
                for _ in 0..<3 {
                    let begin = MonotonicClock.processTime()
                    for request in requests {
                        try client.send(request)
                        _ = try client.reply()
                    }
                    best = min(best, MonotonicClock.processTime() - begin)
                }
                return best
            }
            let long = Self.pairs([Int](repeating: 60_000, count: 500))
            let large = Self.pairs([Int](repeating: 65_536, count: 400))
            let alone = [
                TestClient.request(["MSET"] + long), TestClient.request(["MSET"] + large),
            ]
            let joined = [TestClient.request(["MSET"] + long + large)]
            let (apart, together) = (try processTime(alone), try processTime(joined))
            precondition(together < apart * 3, "\(together) instead of \(apart)")
        }
    }
}
