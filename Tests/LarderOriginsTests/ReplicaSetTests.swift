import LarderCore
import LarderTesting
import Testing

@testable import LarderOrigins

/// Which replica is asked, by a clock that the test moves.
@Suite struct ReplicaSetTests {
    private var clock = ManualClock()
    private var set = ReplicaSet(count: 3, primaryAfterWrite: .seconds(5))

    /// How often each replica is chosen in a thousand loads.
    private mutating func choices(hash: UInt64 = 1) -> [Int] {
        var counts = [0, 0, 0]
        for _ in 0..<1_000 { counts[set.choose(hash: hash, at: clock.now)] += 1 }
        return counts
    }

    private mutating func measure(_ milliseconds: [Int]) {
        for _ in 0..<50 {
            for (index, latency) in milliseconds.enumerated() {
                set.answered(index, after: .milliseconds(latency))
            }
        }
    }

    @Test mutating func `the nearest is asked, and the others now and then`() {
        measure([30, 10, 20])
        let counts = choices()
        #expect(counts[1] > 980)
        #expect(counts[0] > 0 && counts[2] > 0)
        measure([30, 40, 20])
        #expect(choices()[2] > 980)
    }

    @Test mutating func `one that was never asked is asked first`() {
        set.answered(0, after: .milliseconds(1))
        #expect(set.choose(hash: 1, at: clock.now) == 1)
    }

    @Test mutating func `one that fails rests, longer each time, and comes back`() {
        measure([30, 10, 20])
        for rest in [1, 2, 4, 8, 16, 32, 32] {
            set.failed(1, at: clock.now)
            set.failed(1, at: clock.now)
            #expect(choices()[1] == 0)
            clock.advance(by: .seconds(rest) - .nanoseconds(1))
            #expect(choices()[1] == 0)
            clock.advance(by: .nanoseconds(1))
            #expect(choices()[1] > 980)
        }
        set.answered(1, after: .milliseconds(10))
        set.failed(1, at: clock.now)
        clock.advance(by: .seconds(1))
        #expect(choices()[1] > 980)
    }

    @Test mutating func `when all rest, the first to be back is asked`() {
        for index in [1, 0, 2] {
            set.failed(index, at: clock.now)
            clock.advance(by: .milliseconds(10))
        }
        #expect(choices() == [0, 1_000, 0])
    }

    @Test mutating func `what was changed comes from the primary for a while`() {
        measure([30, 10, 20])
        set.changed(hash: 7, at: clock.now)
        set.failed(0, at: clock.now)
        #expect(choices(hash: 7) == [1_000, 0, 0], "even when it failed")
        #expect(choices(hash: 8)[1] > 980)
        clock.advance(by: .seconds(5) - .nanoseconds(1))
        #expect(choices(hash: 7) == [1_000, 0, 0])
        clock.advance(by: .nanoseconds(1))
        #expect(choices(hash: 7)[1] > 980)
        set.changedSomewhere(at: clock.now)
        #expect(choices(hash: 99) == [1_000, 0, 0])
        clock.advance(by: .seconds(5))
        #expect(choices(hash: 99)[1] > 980)
    }

    @Test(arguments: UInt64(0)..<20)
    mutating func `no change is forgotten, however many there are`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        measure([30, 10, 20])
        let hashes = (0..<20_000).map { _ in random.next() }
        for hash in hashes { set.changed(hash: hash, at: clock.now) }
        #expect(hashes.allSatisfy { set.choose(hash: $0, at: clock.now) == 0 })
    }

    @Test mutating func `an only one is always asked`() {
        set = ReplicaSet(count: 1, primaryAfterWrite: .seconds(5))
        set.failed(0, at: clock.now)
        #expect(set.choose(hash: 1, at: clock.now) == 0)
    }
}
