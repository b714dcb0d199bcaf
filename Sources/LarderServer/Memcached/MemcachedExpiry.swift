import LarderCore
import LarderMemory

/// What memcached calls an exptime, as the store keeps it.
enum MemcachedExpiry {
    /// Seconds up to which a time counts from now; above, from 1970. Part of the protocol.
    static var relativeMax: Int32 { 60 * 60 * 24 * 30 }

    /// The moment that a client's number means: `never` for 0; `nil` when it is over already.
    @inline(__always)
    static func moment(_ seconds: Int32, now: Moment) -> Moment? {
        seconds == 0 ? .never : end(seconds, now: now)
    }

    private static func end(_ seconds: Int32, now: Moment) -> Moment? {
        guard seconds > 0 else { return nil }
        guard seconds > relativeMax else {
            return Moment(milliseconds: now.milliseconds &+ UInt64(seconds) * 1000)
        }
        let (wall, wallNow) = (Int64(seconds) * 1000, WallClock.milliseconds())
        return wall > wallNow ? ExpiryTime.moment(wall, wallNow: wallNow, now: now) : nil
    }

    /// Seconds until a moment that is not `never`, as the `t` flag gives them. A part of a second
    /// counts as one, so that what is alive never has 0.
    static func secondsLeft(until expiry: Moment, now: Moment) -> UInt64 {
        let left = max(expiry.milliseconds, now.milliseconds) - now.milliseconds
        return (left + 999) / 1000
    }
}

extension Moment {
    /// What a write is told: a client that sends 0 leaves the end to the namespace.
    @inline(__always) var unlessNever: Moment? { self == .never ? nil : self }
}
