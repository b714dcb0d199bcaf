import LarderCore

/// Which replica a load asks: the nearest healthy one, and the primary for what changed lately.
///
/// A value without a clock: the time comes as an argument. Its memory does not grow.
struct ReplicaSet: Sendable {
    private struct Replica: Sendable {
        /// Smoothed latency in nanoseconds; 0 before the first answer, so that it is asked.
        var latency: UInt64 = 0
        var failureCount = 0
        var restsUntil = Tick(nanoseconds: 0)
    }

    /// A change of latency counts after about eight answers.
    private static let smoothing: UInt64 = 8
    /// Every 64th load asks another one than the nearest, so that one that became faster is found.
    private static let probeEvery: UInt64 = 64
    private static let firstRest = Duration.seconds(1)
    /// A restarted replica is back after this time at the latest.
    private static let longestRestDoublings = 5
    /// A key shares its mark with about one in 4,096: that one is asked of the primary in vain.
    private static let markCount = 4_096

    private var replicas: [Replica]
    private var marks: [Tick]
    private var allFromPrimaryUntil = Tick(nanoseconds: 0)
    private let primaryAfterWrite: Duration
    private var choiceCount: UInt64 = 0

    /// `count` replicas, of which 0 is the primary.
    init(count: Int, primaryAfterWrite: Duration) {
        replicas = Array(repeating: Replica(), count: count)
        let zero = Tick(nanoseconds: 0)
        marks = count > 1 ? Array(repeating: zero, count: Self.markCount) : []
        self.primaryAfterWrite = primaryAfterWrite
    }

    /// The replica to load the key with this hash from.
    mutating func choose(hash: UInt64, at now: Tick) -> Int {
        guard replicas.count > 1 else { return 0 }
        guard now >= allFromPrimaryUntil, now >= marks[Self.mark(of: hash)] else { return 0 }
        choiceCount &+= 1
        let healthy = replicas.indices.filter { replicas[$0].restsUntil <= now }
        if healthy.isEmpty {
            return replicas.indices.min { replicas[$0].restsUntil < replicas[$1].restsUntil } ?? 0
        }
        if choiceCount % Self.probeEvery == 0 {
            return healthy[Int(choiceCount / Self.probeEvery % UInt64(healthy.count))]
        }
        return healthy.min { replicas[$0].latency < replicas[$1].latency } ?? 0
    }

    /// A replica gave an answer.
    mutating func answered(_ index: Int, after latency: Duration) {
        let sample = UInt64(clamping: latency.attoseconds / 1_000_000_000)
        let old = replicas[index].latency
        let smoothed = old - old / Self.smoothing + sample / Self.smoothing
        replicas[index].latency = max(1, old == 0 ? sample : smoothed)
        replicas[index].failureCount = 0
        replicas[index].restsUntil = Tick(nanoseconds: 0)
    }

    /// A replica failed: it rests, longer each time.
    mutating func failed(_ index: Int, at now: Tick) {
        // Many loads fail together; they are one failure.
        guard replicas[index].restsUntil <= now else { return }
        let doublings = min(replicas[index].failureCount, Self.longestRestDoublings)
        replicas[index].failureCount += 1
        replicas[index].restsUntil = now.advanced(by: Self.firstRest * (1 << doublings))
    }

    /// The key with this hash was changed.
    mutating func changed(hash: UInt64, at now: Tick) {
        guard !marks.isEmpty else { return }
        marks[Self.mark(of: hash)] = now.advanced(by: primaryAfterWrite)
    }

    /// Nobody knows which keys were changed.
    mutating func changedSomewhere(at now: Tick) {
        allFromPrimaryUntil = now.advanced(by: primaryAfterWrite)
    }

    private static func mark(of hash: UInt64) -> Int { Int(hash % UInt64(markCount)) }
}
