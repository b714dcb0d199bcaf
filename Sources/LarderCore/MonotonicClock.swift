import Glibc

/// The system's monotonic clock. Only the shell reads it; everything else is told the time.
///
/// The scale starts at some time before the process and does not jump when the wall clock is set.
public enum MonotonicClock {
    /// The time to the nanosecond.
    ///
    /// - Complexity: About 21 ns, without a system call. Any thread.
    public static func now() -> Tick { read(CLOCK_MONOTONIC) }

    /// The time of the kernel's last timer tick: up to 4 ms old, for expiry and the like.
    ///
    /// - Complexity: About 3 ns, without a system call. Any thread.
    public static func coarseNow() -> Tick { read(CLOCK_MONOTONIC_COARSE) }

    /// Time that the calling thread has spent on a processor. About 200 ns: for measurements.
    public static func threadTime() -> Duration {
        .nanoseconds(Int64(clamping: read(CLOCK_THREAD_CPUTIME_ID).nanoseconds))
    }

    /// Time that all threads of this process have spent on processors.
    public static func processTime() -> Duration {
        .nanoseconds(Int64(clamping: read(CLOCK_PROCESS_CPUTIME_ID).nanoseconds))
    }

    private static func read(_ clock: clockid_t) -> Tick {
        var time = timespec()
        let result = unsafe clock_gettime(clock, &time)
        precondition(result == 0, "Linux has monotonic clocks.")
        return Tick(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}
