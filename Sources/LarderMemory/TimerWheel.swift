import LarderCore
import LarderPolicy

/// Which entries are due when: four rings of 256 lists, each ring 256 times as coarse as the last.
///
/// A hierarchical timing wheel [1]. An entry with an expiry is linked into the list of its time, by
/// links in the entry itself, so entries without expiry cost nothing and live data is never
/// scanned. The wheel holds the heads; the shard, which owns the entries, follows the links.
///
/// [1] G. Varghese, T. Lauck, Hashed and Hierarchical Timing Wheels, SOSP 1987,
///     https://doi.org/10.1145/41457.37504
struct TimerWheel: ~Copyable {
    /// 64 ms, so that expired memory is back well within a second.
    static var shift: UInt64 { 6 }
    static var levelCount: Int { 4 }
    static var listsPerLevel: Int { 256 }
    static var noSlot: UInt32 { .max }

    private var heads: FixedArray<UInt32>
    /// The step to be worked off next. All before it are done.
    private(set) var step: UInt64
    /// Entries in the wheel.
    var count = 0

    init(now: Moment) {
        heads = FixedArray(repeating: Self.noSlot, count: Self.levelCount * Self.listsPerLevel)
        step = now.milliseconds >> Self.shift
    }

    subscript(head list: Int) -> UInt32 {
        get { heads[list] }
        set { heads[list] = newValue }
    }

    /// The list for an entry that expires at `expiry`.
    ///
    /// - Complexity: O(1).
    func list(for expiry: Moment) -> Int {
        let due = max(expiry.milliseconds >> Self.shift, step)
        let distance = due - step
        for level in 0..<(Self.levelCount - 1) where distance < 1 << (8 * UInt64(level + 1)) {
            return level * Self.listsPerLevel + Int(due >> (8 * UInt64(level)) & 255)
        }
        // Beyond the horizon of 8 years the last list takes it, which files it anew every time.
        let horizon = step + (1 << 32) - (1 << 24)
        let filed = min(due, horizon)
        return 3 * Self.listsPerLevel + Int(filed >> 24 & 255)
    }

    /// The list whose entries have to be looked at now: those of a coarser ring come first, to be
    /// filed anew. `nil` when all entries due before `now` were given.
    func dueList(at now: Moment) -> (list: Int, isCascade: Bool)? {
        guard step < now.milliseconds >> Self.shift else { return nil }
        for level in stride(from: Self.levelCount - 1, to: 0, by: -1) {
            let shift = 8 * UInt64(level)
            guard step & ((1 << shift) - 1) == 0 else { continue }
            let list = level * Self.listsPerLevel + Int(step >> shift & 255)
            if heads[list] != Self.noSlot { return (list, true) }
        }
        return (Int(step & 255), false)
    }

    /// The current step is worked off: goes on to the next one that has something to do, or where
    /// coarser rings have to be looked at, at the latest to `now`.
    ///
    /// - Complexity: O(256), so that a clock that was stopped for days is soon made up for.
    mutating func advance(to now: Moment) {
        let end = now.milliseconds >> Self.shift
        repeat {
            step += 1
        } while step < end && step & 255 != 0 && heads[Int(step & 255)] == Self.noSlot
    }

    /// Skips to `now` when nothing is in the wheel.
    mutating func skip(to now: Moment) {
        precondition(count == 0, "Only an empty wheel may skip.")
        step = max(step, now.milliseconds >> Self.shift)
    }
}
