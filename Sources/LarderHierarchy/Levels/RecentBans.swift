import LarderCore

/// The last bans, for those who began something before them and may bring what they meant.
///
/// Bounded: of bans that no longer fit only the time is kept, as if they had meant everything.
struct RecentBans: Sendable {
    private let capacity: Int
    private var bans: [(ban: Ban, time: Tick)] = []
    /// Place of the oldest, once they are full.
    private var oldest = 0
    private var forgottenTime: Tick?

    /// 64: more than are said while one load lasts.
    init(capacity: Int = 64) {
        self.capacity = capacity
    }

    /// Notes a ban. What begins after `time` is not concerned.
    mutating func append(_ ban: Ban, at time: Tick) {
        guard bans.count == capacity else { return bans.append((ban, time)) }
        forgottenTime = max(forgottenTime ?? bans[oldest].time, bans[oldest].time)
        bans[oldest] = (ban, time)
        oldest = (oldest + 1) % capacity
    }

    /// Whether `entry`, which somebody brings who began at `begin`, is meant by one that came
    /// since; by a hard one, or by any.
    ///
    /// - Complexity: O(bans kept).
    func matches(
        _ entry: Entry, namespace: String?, since begin: Tick, strength: Ban.Strength = .soft
    ) -> Bool {
        if let forgottenTime, begin <= forgottenTime { return true }
        return bans.contains { ban, time in
            begin <= time && (strength == .soft || ban.strength == .hard)
                && ban.scope.covers(entry, namespace: namespace)
        }
    }
}
