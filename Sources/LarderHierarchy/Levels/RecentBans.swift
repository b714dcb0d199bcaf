import LarderCore

/// The last bans, for loads that began before them: what those bring goes into no level.
///
/// Bounded: of bans that no longer fit only the time is kept, as if they had meant everything.
struct RecentBans: Sendable {
    private let capacity: Int
    private var bans: [Ban] = []
    /// Place of the oldest, once they are full.
    private var oldest = 0
    private var forgottenTime: Tick?

    /// 64: more than are said while one load lasts.
    init(capacity: Int = 64) {
        self.capacity = capacity
    }

    mutating func append(_ ban: Ban) {
        guard bans.count == capacity else { return bans.append(ban) }
        forgottenTime = max(forgottenTime ?? bans[oldest].time, bans[oldest].time)
        bans[oldest] = ban
        oldest = (oldest + 1) % capacity
    }

    /// Whether `entry`, which a load brought that began at `begin`, is meant by one that came
    /// since; by a hard one, or by any.
    ///
    /// - Complexity: O(bans kept).
    func matches(
        _ entry: Entry, namespace: String?, since begin: Tick, strength: Ban.Strength
    ) -> Bool {
        forgottenTime.map { begin <= $0 } ?? false
            || bans.contains {
                begin <= $0.time && (strength == .soft || $0.strength == .hard)
                    && $0.scope.covers(entry, namespace: namespace)
            }
    }
}
