import LarderCore
import LarderMemory

/// Unit of a time in a command.
enum TimeUnit {
    case seconds, milliseconds
}

/// Points in time as clients name them, on the wall clock, and as the store keeps them.
enum ExpiryTime {
    /// Milliseconds since 1970 of `value`, which counts `unit`s from now or from 1970; `nil` when
    /// that is out of range.
    static func wallTime(
        _ value: Int64, _ unit: TimeUnit, isAbsolute: Bool, now: Int64
    ) -> Int64? {
        let (scaled, overflow) = value.multipliedReportingOverflow(by: unit == .seconds ? 1000 : 1)
        if overflow { return nil }
        if isAbsolute { return scaled }
        let (sum, carry) = scaled.addingReportingOverflow(now)
        return carry ? nil : sum
    }

    /// The store's moment for a wall time: what is past is now, and far away is never reached.
    static func moment(_ wall: Int64, wallNow: Int64, now: Moment) -> Moment {
        guard wall > wallNow else { return now }
        let distance = UInt64(wall - wallNow)
        let (sum, overflow) = now.milliseconds.addingReportingOverflow(distance)
        // One below `never`, so that the entry still has an expiry.
        let latest = Moment.never.milliseconds - 1
        return Moment(milliseconds: overflow ? latest : min(sum, latest))
    }

    /// The wall time of a moment; the end of time for one beyond it.
    static func wall(_ moment: Moment, wallNow: Int64, now: Moment) -> Int64 {
        let distance =
            moment < now
            ? -Int64(clamping: now.milliseconds - moment.milliseconds)
            : Int64(clamping: moment.milliseconds - now.milliseconds)
        let (sum, overflow) = wallNow.addingReportingOverflow(distance)
        return overflow ? .max : sum
    }
}

extension CommandLoop {
    /// The wall time of `now`, in milliseconds since 1970. Only times that clients name in full ask
    /// the clocks.
    func wallNow(isAbsolute: Bool) -> Int64 {
        Int64(now.milliseconds) + (isAbsolute ? shared.wall.current() : shared.wall.known)
    }
}
