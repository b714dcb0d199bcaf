import LarderCore

/// A queue of fingerprints without the entries: the memory of those that left the small queue.
///
/// The queue is a scale of time that advances by one with every insertion. Which times are still
/// remembered is a ring of bits, so the limit counts entries exactly, also when entries from the
/// middle come back. The table is allocated at the first eviction, sized for the limit then; when
/// the limit has outgrown it, new entries go to a larger one, and the old one is dropped once it
/// has been forgotten. Nothing is ever rehashed.
struct Ghost: ~Copyable {
    /// 5 of 8: 12.8 bytes per entry, and 2 % of the entries forgotten early (Poisson).
    static let loadMax = 5
    /// A first table of a page. Smaller ones save nothing.
    static let bucketCountMin = 64
    /// Steps per insertion by which a lowered limit is approached: bounded, yet soon there.
    static let stepsMax = 64

    private var current = GhostTable(bucketCount: 0)
    private var outgrown = GhostTable(bucketCount: 0)
    /// Time of the first entry in `current`.
    private var currentStart: UInt32 = 1
    private var currentLimit = 0
    /// Starts at 1, so that zeroed entries are outside.
    private(set) var window = TimeWindow(start: 1, end: 1)
    private var isLive: [UInt64] = []

    /// Number of fingerprints remembered.
    private(set) var count = 0

    /// How often a bucket was full of remembered entries, of which one was lost.
    private(set) var overflowCount = 0

    var storageBytes: Int {
        current.storageBytes + outgrown.storageBytes + isLive.capacity * 8
    }

    /// Remembers `fingerprint` as the newest, and forgets the oldest beyond `limit`.
    mutating func insert(_ fingerprint: UInt32, limit: Int) {
        guard limit > 0 else { return }
        if limit > currentLimit { growTable(to: limit) }
        makeRoomInRing(limit: limit)
        if let lost = current.insert(fingerprint, at: window.end, in: window) {
            overflowCount += 1
            forget(lost)
        }
        setLive(window.end, true)
        window.end &+= 1
        count += 1
        for _ in 0..<Self.stepsMax where count > limit { forgetOldest() }
        if !outgrown.isEmpty, window.age(of: currentStart) >= window.length {
            outgrown = GhostTable(bucketCount: 0)
        }
    }

    /// Whether `fingerprint` was remembered; it no longer is.
    mutating func remove(_ fingerprint: UInt32) -> Bool {
        guard count > 0 else { return false }
        let time =
            current.remove(fingerprint, in: window) ?? outgrown.remove(fingerprint, in: window)
        guard let time, isLive(at: time) else { return false }
        forget(time)
        return true
    }

    private mutating func forget(_ time: UInt32) {
        guard isLive(at: time) else { return }
        setLive(time, false)
        count -= 1
    }

    private mutating func forgetOldest() {
        forget(window.start)
        window.start &+= 1
    }

    /// An eighth more than is needed, so that a limit that wavers seldom asks for more.
    private mutating func growTable(to limit: Int) {
        guard outgrown.isEmpty else { return }
        let bucketCount = max(Self.bucketCountMin, (limit + limit / 8) / Self.loadMax + 1)
        swap(&current, &outgrown)
        current = GhostTable(bucketCount: bucketCount)
        currentStart = window.end
        currentLimit = bucketCount * Self.loadMax
    }
}

extension Ghost {
    private func isLive(at time: UInt32) -> Bool {
        isLive[word(of: time)] >> UInt64(time % 64) & 1 == 1
    }

    private mutating func setLive(_ time: UInt32, _ value: Bool) {
        let bit: UInt64 = 1 << UInt64(time % 64)
        if value { isLive[word(of: time)] |= bit } else { isLive[word(of: time)] &= ~bit }
    }

    /// Number of live times, counted. For tests.
    var liveCount: Int { isLive.reduce(0) { $0 + $1.nonzeroBitCount } }

    private func word(of time: UInt32) -> Int { Int(time / 64) & (isLive.count - 1) }

    /// The ring has a power of two of words, and at most about four times as many bits as entries
    /// are remembered; beyond that the oldest time is given up.
    private mutating func makeRoomInRing(limit: Int) {
        guard Int(window.length) > (isLive.count - 1) * 64 else { return }
        guard isLive.count * 64 < 4 * limit || isLive.isEmpty else { return forgetOldest() }
        var larger = [UInt64](repeating: 0, count: max(8, isLive.count * 2))
        if !isLive.isEmpty {
            var word = window.start / 64
            for _ in 0..<isLive.count {
                larger[Int(word) & (larger.count - 1)] = isLive[Int(word) & (isLive.count - 1)]
                word = word &+ 1
            }
        }
        isLive = larger
    }
}
