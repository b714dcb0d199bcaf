import LarderCore
import LarderMemory
import Synchronization

/// How far the wall clock is ahead of the store's scale, in milliseconds.
///
/// All loops use one number, which moves only when the wall clock does: so a time that a client
/// names comes back as it was given, though the two clocks tick at different moments.
final class WallOffset: Sendable {
    /// Two readings of clocks that tick in milliseconds differ by up to one; more is a step.
    private static var stepMin: Int64 { 2 }

    /// Relaxed: a number on its own.
    private let offset = Atomic<Int64>(measured())

    /// The offset as it was found last. Costs a load.
    var known: Int64 { offset.load(ordering: .relaxed) }

    /// The offset after a look at both clocks.
    func current() -> Int64 {
        let (old, new) = (known, Self.measured())
        guard abs(new - old) >= Self.stepMin else { return old }
        offset.store(new, ordering: .relaxed)
        return new
    }

    /// The best of a few readings: a thread may be stopped between the clocks, and that is no step.
    private static func measured() -> Int64 {
        var best = (width: UInt64.max, offset: Int64(0))
        for _ in 0..<4 where best.width > 100_000 {
            let before = MonotonicClock.now()
            let wall = WallClock.milliseconds()
            let after = MonotonicClock.now()
            let width = after.nanoseconds - before.nanoseconds
            if width < best.width {
                best = (width, wall - Int64(Moment(before).milliseconds))
            }
        }
        return best.offset
    }
}
