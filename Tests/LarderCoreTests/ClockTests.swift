import LarderCore
import LarderTesting
import Testing

@Suite struct ClockTests {
    @Test func `the monotonic clock never goes back`() {
        var last = MonotonicClock.now()
        for _ in 0..<1000 {
            let now = MonotonicClock.now()
            #expect(now >= last)
            last = now
        }
    }

    @Test func `the coarse clock is on the same scale, and not ahead`() {
        let coarse = MonotonicClock.coarseNow()
        let now = MonotonicClock.now()
        #expect(coarse <= now)
        // A kernel tick is at most 10 ms; more is a thread that had to wait between the two lines.
        #expect(now < coarse.advanced(by: .seconds(10)))
    }

    @Test func `a manual clock moves only when told to`() {
        var clock = ManualClock()
        #expect(clock.now.nanoseconds == 0)
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now.milliseconds == 1500)
    }

    @Test func `time saturates instead of wrapping`() {
        let end = Tick(nanoseconds: .max)
        #expect(end.advanced(by: .seconds(1)) == end)
        #expect(Tick(nanoseconds: 5).advanced(by: .seconds(-1)) == Tick(nanoseconds: 5))
    }
}
