import LarderCore
import LarderPolicy
import Testing

@Suite struct PolicyLoopTests {
    /// 60,000 requests with sizes, of which some keys are much more popular: a number below a
    /// random one, which is below another. Integers only, so that it is the same everywhere.
    static let requests: [(hash: UInt64, size: UInt32)] = {
        var random = SeededRandom(seed: 7)
        return (0..<60_000).map { _ in
            let range = 1 + random.next() % (1 + random.next() % 5000)
            let key = random.next() % range
            return (KeyHasherForTests.hash(key), UInt32(1 + key % 97))
        }
    }()

    /// Any change of these numbers is a change of behaviour, and belongs in a decision.
    @Test(
        arguments: [
            (PolicyName.fifo, PolicyCapacity.entries(500), 37_360),
            (.clock, .entries(500), 33_724),
            (.lru, .entries(500), 34_830),
            (.slru, .entries(500), 28_864),
            (.twoQueue, .entries(500), 30_845),
            (.mq, .entries(500), 25_974),
            (.s3fifo, .entries(500), 28_593),
            (.clock2QPlus, .entries(500), 29_882),
            (.sieve, .entries(500), 27_667),
            (.arc, .entries(500), 29_990),
            (.lirs, .entries(500), 29_677),
            (.lfu, .entries(500), 28_389),
            (.lfuda, .entries(500), 29_561),
            (.belady, .entries(500), 17_897),
            (.beladysize, .entries(500), 18_074),
            (.gdsf, .entries(500), 29_469),
            (.hyperbolic, .entries(500), 32_153),
            (.lhd, .entries(500), 32_895),
            (.wtinylfu, .entries(500), 27_089),
            (.fifo, .bytes(20_000), 39_977),
            (.clock, .bytes(20_000), 36_551),
            (.lru, .bytes(20_000), 37_615),
            (.slru, .bytes(20_000), 31_143),
            (.twoQueue, .bytes(20_000), 32_924),
            (.mq, .bytes(20_000), 28_392),
            (.s3fifo, .bytes(20_000), 31_059),
            (.clock2QPlus, .bytes(20_000), 32_179),
            (.sieve, .bytes(20_000), 30_691),
            (.arc, .bytes(20_000), 32_575),
            (.lirs, .bytes(20_000), 32_037),
            (.lfu, .bytes(20_000), 31_753),
            (.lfuda, .bytes(20_000), 32_479),
            (.belady, .bytes(20_000), 19_959),
            (.beladysize, .bytes(20_000), 17_676),
            (.gdsf, .bytes(20_000), 27_545),
            (.hyperbolic, .bytes(20_000), 30_471),
            (.lhd, .bytes(20_000), 29_520),
            (.wtinylfu, .bytes(20_000), 29_242),
        ])
    func `misses as often as ever`(name: PolicyName, capacity: PolicyCapacity, missCount: Int) {
        let actual = name.missCount(capacity: capacity, requests: Self.requests)
        #expect(actual == missCount)
    }

    @Test func `is found by the name in the configuration`() {
        #expect(PolicyName(rawValue: "s3fifo") == .s3fifo)
        #expect(PolicyName(rawValue: "clockwork") == nil)
    }

    @Test func `a cache that holds everything misses each key once`() {
        let keyCount = Set(Self.requests.map(\.hash)).count
        for name in PolicyName.allCases {
            let missCount = name.missCount(capacity: .entries(5000), requests: Self.requests)
            #expect(missCount == keyCount)
        }
    }

    @Test func `counts requests, misses and evictions as they come`() {
        let run = PolicyName.lru.makeRun(capacity: .entries(2))
        var misses: [Int] = []
        for hash: UInt64 in [1, 2, 1, 3, 2, 3] {
            run.run([Access(hash: hash, weight: 9)].span)
            misses.append(run.tally().missCount)
        }
        #expect(misses == [1, 2, 2, 3, 4, 4])
        let tally = run.tally()
        #expect(tally.requestCount == 6)
        #expect(tally.missedBytes == 36)
        #expect(tally.evictionCount == 2)
    }
}

/// Numbered keys spread over 64 bits.
enum KeyHasherForTests {
    static func hash(_ key: UInt64) -> UInt64 {
        var random = SeededRandom(seed: key)
        return random.next()
    }
}
