import Glibc

/// The time that people and their programs go by. Nothing expires by it (docs/concurrency.md).
enum WallClock {
    /// Seconds since 1970, and microseconds of the second.
    static func now() -> (seconds: UInt64, microseconds: UInt64) {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (UInt64(time.tv_sec), UInt64(time.tv_nsec) / 1000)
    }
}
