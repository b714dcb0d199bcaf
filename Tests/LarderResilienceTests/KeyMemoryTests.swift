import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// What is remembered of keys: failed refreshes, and loads that left nothing behind.
@Suite struct KeyMemoryTests {
    @Test(arguments: UInt64(0)..<1000)
    func `a failing refresh is tried less and less, a working one at once`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var memory = RefreshBackoff<Int>()
        var clock = ManualClock()
        clock.advance(by: .seconds(5))
        var tries = 0
        for failures in 0..<10 {
            #expect(memory.mayTry(1, at: clock.now))
            let next = memory.noteFailure(of: 1, at: clock.now, using: &random)
            let wait = Duration(tickNanoseconds: next.nanoseconds(since: clock.now))
            #expect(wait >= .milliseconds(500))
            #expect(wait <= .seconds(min(1 << failures, 60)))
            #expect(!memory.mayTry(1, at: Tick(nanoseconds: next.nanoseconds - 1)))
            #expect(memory.mayTry(2, at: clock.now), "another key waits too")
            clock.advance(by: wait)
            tries += 1
        }
        #expect(memory.noteFailure(of: 1, at: clock.now, using: &random) > clock.now)
        memory.noteSuccess(of: 1)
        #expect(memory.mayTry(1, at: clock.now) && memory.count == 0)
        let next = memory.noteFailure(of: 1, at: clock.now, using: &random)
        #expect(next <= clock.now.advanced(by: .seconds(1)))
    }

    @Test func `failures long ago are forgotten`() {
        var random = SeededRandom(seed: 2)
        var memory = RefreshBackoff<Int>()
        var longest = Duration.zero
        for minute in 0..<100 {
            let now = Tick.at(.seconds(minute * 60))
            let next = memory.noteFailure(of: 1, at: now, using: &random)
            longest = max(longest, Duration(tickNanoseconds: next.nanoseconds(since: now)))
        }
        #expect(longest <= .seconds(1))
    }

    @Test(arguments: UInt64(0)..<1000)
    func `a key that could not be stored is remembered for its time`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var memory = HitForMiss<Int>(capacity: 8, duration: .seconds(10))
        var model: [Int: Tick] = [:]
        var clock = ManualClock()
        for _ in 0..<60 {
            clock.advance(by: .milliseconds(Int.random(in: 0...2500, using: &random)))
            let key = Int.random(in: 0..<8, using: &random)
            if random.happens(0.4) {
                memory.insert(key, at: clock.now)
                model[key] = clock.now.advanced(by: .seconds(10))
            } else if random.happens(0.3) {
                memory.remove(key)
                model[key] = nil
            }
            for key in 0..<8 {
                let isKnown = model[key].map { clock.now < $0 } ?? false
                #expect(memory.contains(key, at: clock.now) == isKnown)
            }
        }
    }

    @Test func `both are bounded, and say how often that was felt`() {
        var random = SeededRandom(seed: 3)
        var backoff = RefreshBackoff<Int>(capacity: 100)
        var memory = HitForMiss<Int>(capacity: 100)
        for key in 0..<1000 {
            backoff.noteFailure(of: key, at: .at(.milliseconds(1)), using: &random)
            memory.insert(key, at: .at(.milliseconds(key)))
        }
        #expect(backoff.count == 100 && backoff.overflowCount == 900)
        #expect(memory.count == 100 && memory.overflowCount == 900)
        #expect(memory.contains(999, at: .at(.seconds(1))))
    }
}
