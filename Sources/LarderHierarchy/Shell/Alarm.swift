public import LarderCore

/// When a shell has asked to be woken. A timer is started only for what is earlier than all that
/// are under way, and one that has fired gives way to the one before it, so few are.
///
/// A value that the shell keeps beside its core, under the same lock.
@usableFromInline struct Alarm: Sendable {
    /// The earliest timer.
    @usableFromInline var time = Tick(nanoseconds: .max)
    /// The other timers, the earliest last.
    private var later: [Tick] = []

    /// Whether a timer is to be started for `next`. One that is later than another is not: that one
    /// asks again.
    mutating func isToStart(for next: Tick?) -> Bool {
        guard let next, next < time else { return false }
        if time.nanoseconds != .max { later.append(time) }
        time = next
        return true
    }

    /// Whether `next` is before the time that a timer is set to.
    @inlinable func isBehind(_ next: Tick?) -> Bool { next.map { $0 < time } ?? false }

    /// A timer has fired.
    mutating func fired(at now: Tick) {
        while time <= now {
            guard let next = later.popLast() else {
                time = Tick(nanoseconds: .max)
                return
            }
            time = next
        }
    }
}
