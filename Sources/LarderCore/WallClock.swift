import Glibc

/// The time that people and their programs go by. It may be set, so nothing expires by it.
public enum WallClock {
    /// Seconds since 1970, and microseconds of the second.
    public static func now() -> (seconds: UInt64, microseconds: UInt64) {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (UInt64(time.tv_sec), UInt64(time.tv_nsec) / 1000)
    }

    /// Milliseconds since 1970.
    public static func milliseconds() -> Int64 {
        let (seconds, microseconds) = now()
        return Int64(seconds) * 1000 + Int64(microseconds / 1000)
    }
}
