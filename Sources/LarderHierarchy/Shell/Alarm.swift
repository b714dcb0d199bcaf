public import LarderCore

/// When a shell has asked to be woken: the earliest time only, so that few timers are under way.
///
/// A value that the shell keeps beside its core, under the same lock.
@usableFromInline struct Alarm: Sendable {
    @usableFromInline var time = Tick(nanoseconds: .max)

    /// Whether a timer is to be started for `next`. One that is later than another is not: that one
    /// asks again.
    mutating func isToStart(for next: Tick?) -> Bool {
        guard let next, next < time else { return false }
        time = next
        return true
    }

    /// Whether `next` is before the time that a timer is set to.
    @inlinable func isBehind(_ next: Tick?) -> Bool { next.map { $0 < time } ?? false }

    /// A timer has fired.
    mutating func fired(at now: Tick) {
        if time <= now { time = Tick(nanoseconds: .max) }
    }
}
