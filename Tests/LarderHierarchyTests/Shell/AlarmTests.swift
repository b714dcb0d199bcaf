import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// When timers are started.
@Suite struct AlarmTests {
    private static func tick(_ milliseconds: UInt64) -> Tick {
        Tick(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func `only what is earlier than all timers starts one`() {
        var alarm = Alarm()
        func starts(_ milliseconds: UInt64?) -> Bool {
            alarm.isToStart(for: milliseconds.map(Self.tick))
        }
        #expect(!starts(nil))
        #expect(starts(500))
        #expect(!starts(500) && !starts(900))
        #expect(alarm.isBehind(Self.tick(400)))
        #expect(starts(400))
        alarm.fired(at: Self.tick(400))
        #expect(!starts(500), "that one is still under way")
        alarm.fired(at: Self.tick(500))
        #expect(starts(900))
        alarm.fired(at: Tick(nanoseconds: .max))
        #expect(starts(1000))
    }

    /// Fails when a timer that fires makes the alarm forget the later ones, which then are started
    /// again each time.
    @Test(arguments: UInt64(0)..<8)
    func `short waits before a long one do not pile timers up`(seed: UInt64) {
        var (alarm, random) = (Alarm(), SeededRandom(seed: seed))
        var timers: [Tick] = []
        var most = 0
        func look(_ next: Tick) {
            if alarm.isToStart(for: next) { timers.append(next) }
            most = max(most, timers.count)
        }
        let end = Self.tick(60_000)
        look(end)
        for start in stride(from: UInt64(0), to: 50_000, by: 50) {
            look(Self.tick(start + .random(in: 1..<50, using: &random)))
            let now = Self.tick(start + 50)
            timers.removeAll { $0 <= now }
            alarm.fired(at: now)
            look(end)
        }
        #expect(most == 2 && timers == [end])
    }
}
