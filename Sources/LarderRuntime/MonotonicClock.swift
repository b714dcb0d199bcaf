import Glibc
public import LarderCore

/// Reads the clocks of the system.
public enum MonotonicClock {
    /// Now, on a scale that no step of the wall clock moves. About 20 ns.
    public static func now() -> Tick {
        Tick(nanoseconds: read(CLOCK_MONOTONIC))
    }

    /// Time that the calling thread has spent on a processor. About 200 ns: for measurements.
    public static func threadTime() -> Duration {
        .nanoseconds(Int64(clamping: read(CLOCK_THREAD_CPUTIME_ID)))
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
