import LarderCore

/// Fingerprints with the time they came in, in buckets of one cache line.
///
/// A full bucket forgets its oldest entry: at the load that `Ghost` keeps, about 2 % of what is
/// remembered is lost early, and it is the oldest part. In exchange nothing ever moves.
struct GhostTable: ~Copyable {
    struct Entry: BitwiseCopyable {
        var fingerprint: UInt32
        var time: UInt32
    }

    /// 8 entries of 8 bytes are a cache line.
    static let bucketSize = 8

    private var entries: ReservedArray<Entry>
    private let bucketCount: Int

    /// A table of `bucketCount` buckets, or one that can hold nothing if it is 0.
    init(bucketCount: Int) {
        self.bucketCount = bucketCount
        entries = ReservedArray(reserving: bucketCount * Self.bucketSize)
        entries.grow(toCount: bucketCount * Self.bucketSize)
    }

    var isEmpty: Bool { bucketCount == 0 }

    var storageBytes: Int { entries.storageBytes }

    /// Forgets `fingerprint` and returns its time; `nil` if there is none that `window` contains.
    mutating func remove(_ fingerprint: UInt32, in window: TimeWindow) -> UInt32? {
        guard !isEmpty else { return nil }
        let start = bucketStart(of: fingerprint)
        for index in start..<start + Self.bucketSize {
            let entry = entries[index]
            guard entry.fingerprint == fingerprint, window.contains(entry.time) else { continue }
            entries[index] = Entry(fingerprint: 0, time: window.before)
            return entry.time
        }
        return nil
    }

    /// Remembers `fingerprint`. Returns the time of the entry that had to go for it, if any.
    mutating func insert(
        _ fingerprint: UInt32, at time: UInt32, in window: TimeWindow
    ) -> UInt32? {
        let start = bucketStart(of: fingerprint)
        var victim = start
        var victimAge: UInt32 = 0
        for index in start..<start + Self.bucketSize {
            let age = window.age(of: entries[index].time)
            if age >= victimAge { (victim, victimAge) = (index, age) }
        }
        let lost = entries[victim].time
        entries[victim] = Entry(fingerprint: fingerprint, time: time)
        return window.contains(lost) ? lost : nil
    }

    private func bucketStart(of fingerprint: UInt32) -> Int {
        ((Int(fingerprint) * bucketCount) >> 32) * Self.bucketSize
    }
}

/// The times that are remembered, on a scale of 32 bits that wraps around.
struct TimeWindow {
    /// The oldest time that is still remembered.
    var start: UInt32
    /// The time of the next insertion.
    var end: UInt32

    var length: UInt32 { end &- start }

    /// A time just outside.
    var before: UInt32 { start &- 1 }

    func age(of time: UInt32) -> UInt32 { end &- time }

    func contains(_ time: UInt32) -> Bool { age(of: time) &- 1 < length }
}
