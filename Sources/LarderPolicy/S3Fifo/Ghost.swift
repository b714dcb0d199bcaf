import LarderCore

/// A queue of fingerprints without the entries: the memory of those that left the small queue.
///
/// The queue is a scale of time that advances by one with every insertion. A ring has a byte for
/// each time, with the rounded weight that is remembered from then, so the limits are kept also
/// when entries from the middle come back. The table is allocated at the first eviction, sized for
/// what is expected then; when that was too little, new entries go to a larger one, and the old one
/// is dropped once all of it is forgotten. Nothing is ever rehashed.
struct Ghost: ~Copyable {
    /// How much may be remembered.
    struct Limit {
        var weight: Int
        var entries: Int
        /// How many entries it will be, as far as one can tell. Decides the size of the table.
        var expectedEntries: Int
    }

    /// 5 of 8: 12.8 bytes per entry, and 2 % of the entries forgotten early (Poisson).
    static let loadMax = 5
    /// A first table of a page. Smaller ones save nothing.
    static let bucketCountMin = 64
    /// A first ring of one cache line.
    static let ringSizeMin = 64
    /// Steps per insertion by which a limit that was exceeded is approached: few, yet soon there.
    static let stepsMax = 64

    private var current = GhostTable(bucketCount: 0)
    private var outgrown = GhostTable(bucketCount: 0)
    /// Time of the first entry in `current`.
    private var currentStart: UInt32 = 1
    /// Entries for which `current` was sized.
    private var currentSize = 0
    /// Starts at 1, so that zeroed entries are outside.
    private var window = TimeWindow(start: 1, end: 1)
    /// A power of two of times. What lies outside the window has no meaning.
    private var ring: [RoundedWeight] = []

    /// Number of fingerprints remembered.
    private(set) var count = 0

    /// Rounded weight of what is remembered.
    private(set) var weight = 0

    /// How often a bucket was full of remembered entries, of which one was lost.
    private(set) var overflowCount = 0

    var storageBytes: Int { current.storageBytes + outgrown.storageBytes + ring.capacity }

    /// Remembers `fingerprint` as the newest, and forgets the oldest beyond `limit`.
    mutating func insert(_ fingerprint: UInt32, weight: Int, limit: Limit) {
        insert(fingerprint, RoundedWeight(max(weight, 1)), limit: limit)
    }

    /// The same with a note, which is not 0, in place of a weight; the limit should have none then.
    mutating func insert(_ fingerprint: UInt32, note: UInt8, limit: Limit) {
        insert(fingerprint, RoundedWeight(code: note), limit: limit)
    }

    private mutating func insert(
        _ fingerprint: UInt32, _ rounded: RoundedWeight, limit: Limit
    ) {
        let expected = max(limit.expectedEntries, count + 1)
        if expected > currentSize { growTable(to: expected) }
        if Int(window.length) == ring.count { makeRoomInRing(entries: limit.entries) }
        if let lost = current.insert(fingerprint, at: window.end, in: window) {
            overflowCount += 1
            forget(lost)
        }
        ring[position(of: window.end)] = rounded
        window.end &+= 1
        weight += rounded.value
        count += 1
        for _ in 0..<Self.stepsMax where count > limit.entries || weight > limit.weight {
            forgetOldest()
        }
        if !outgrown.isEmpty, window.age(of: currentStart) >= window.length {
            outgrown = GhostTable(bucketCount: 0)
        }
    }

    /// Whether `fingerprint` was remembered; it no longer is.
    mutating func remove(_ fingerprint: UInt32) -> Bool {
        removeNote(of: fingerprint) != nil
    }

    /// The note with which `fingerprint` was remembered; it no longer is.
    mutating func removeNote(of fingerprint: UInt32) -> UInt8? {
        guard count > 0 else { return nil }
        let time =
            current.remove(fingerprint, in: window) ?? outgrown.remove(fingerprint, in: window)
        guard let time else { return nil }
        let note = ring[position(of: time)].code
        forget(time)
        return note
    }

    /// Shards are chosen by bits of the hash, which are therefore alike within one; the
    /// multiplication (by 2^64 over the golden ratio) spreads the others over the fingerprint.
    static func fingerprint(of hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    private mutating func forget(_ time: UInt32) {
        let rounded = ring[position(of: time)]
        guard !rounded.isNone else { return }
        ring[position(of: time)] = .none
        weight -= rounded.value
        count -= 1
    }

    private mutating func forgetOldest() {
        guard window.length > 0 else { return }
        forget(window.start)
        window.start &+= 1
    }

    private func position(of time: UInt32) -> Int { Int(time) & (ring.count - 1) }

    /// At first an eighth more than is expected. What was mistaken once gets half as much again,
    /// for there can be no third table.
    private mutating func growTable(to entries: Int) {
        guard outgrown.isEmpty else { return }
        let size = current.isEmpty ? entries + entries / 8 : entries + entries / 2
        let bucketCount = max(Self.bucketCountMin, size / Self.loadMax + 1)
        swap(&current, &outgrown)
        current = GhostTable(bucketCount: bucketCount)
        currentStart = window.end
        currentSize = bucketCount * Self.loadMax
    }

    /// Doubles the ring, or gives up the oldest time if it is at least four times as long as there
    /// may be entries. Each time is then at one of two places, so both get it.
    private mutating func makeRoomInRing(entries: Int) {
        if ring.isEmpty {
            ring = Array(repeating: .none, count: Self.ringSizeMin)
        } else if ring.count >= 4 * entries {
            forgetOldest()
        } else {
            ring += ring
        }
    }
}

/// A weight in one byte, with an error of at most 1/16: a shift and four bits.
///
/// Up to 15 it is exact, so a ghost of entries that weigh 1 counts them exactly.
struct RoundedWeight: BitwiseCopyable {
    let code: UInt8

    static var none: RoundedWeight { RoundedWeight(code: 0) }

    init(code: UInt8) {
        self.code = code
    }

    /// The nearest to `weight`, which is positive and below 2^32.
    init(_ weight: Int) {
        let shift = max(0, Int.bitWidth - weight.leadingZeroBitCount - 4)
        let half = (1 << shift) >> 1
        // What is rounded up to the next power of two has the code of that power.
        code = UInt8(shift * 8 + (weight + half) >> shift)
    }

    var isNone: Bool { code == 0 }

    var value: Int {
        code < 16 ? Int(code) : (Int(code) % 8 + 8) << (Int(code) / 8 - 1)
    }
}

extension Ghost {
    func checkInvariants() throws(InvariantViolation) {
        var (liveCount, liveWeight) = (0, 0)
        for offset in 0..<window.length {
            let rounded = ring[position(of: window.start &+ offset)]
            liveCount += rounded.isNone ? 0 : 1
            liveWeight += rounded.value
        }
        try InvariantViolation.check(
            liveCount == count, "\(liveCount) are in the ring, not \(count)")
        try InvariantViolation.check(
            liveWeight == weight, "the ring weighs \(liveWeight), not \(weight)")
        try InvariantViolation.check(
            Int(window.length) <= ring.count, "the window is longer than the ring")
    }
}
