import Glibc
import LarderCore

extension MonotonicClock {
    /// Blocks the thread until `tick`, which paces a load.
    static func wait(until tick: Tick) {
        var time = timespec(
            tv_sec: Int(tick.nanoseconds / 1_000_000_000),
            tv_nsec: Int(tick.nanoseconds % 1_000_000_000))
        unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
    }
}
