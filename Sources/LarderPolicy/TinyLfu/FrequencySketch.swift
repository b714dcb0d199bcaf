// The frequency sketch of TinyLFU: who was asked for how often of late, in half a byte per counter.
//
// A count-min sketch [2] answers how often a key came, never too low, and too high only where all
// four of its counters are shared with other keys. A cache needs to tell 1 from 2 but not 100 from
// 200, so counters stop at 15. And it needs to forget: after ten additions per entry all counters
// are halved [1], so that what was popular yesterday gives way.
//
//     add(x):       each of x's four counters that is below 15 grows by 1
//                   after 10 additions per entry: halve all counters
//     estimate(x):  the least of x's four counters
//
// Where we differ from the papers, as Caffeine does: the four counters of a key lie in one block of
// 64 bytes, hence one cache line, each in a quarter of its own. Beyond that: halving sweeps over
// some blocks with each addition, and reads in between halve what the sweep has not reached, so no
// addition is slow; and the table doubles by copying itself, so that growth forgets nothing.
//
// [1] G. Einziger et al., TinyLFU: A Highly Efficient Cache Admission Policy, ACM TOS 2017,
//     https://doi.org/10.1145/3149371
// [2] G. Cormode and S. Muthukrishnan, An Improved Data Stream Summary: The Count-Min Sketch and
//     its Applications, J. Algorithms 2005, https://doi.org/10.1016/j.jalgor.2003.12.001

public import LarderCore

/// How often keys were asked for of late, 0 to 15, estimated in 8 to 16 bytes per entry [1].
///
/// Keys come as fingerprints of 30 bits, so that who keeps one per entry has two bits left.
public struct FrequencySketch: ~Copyable {
    /// Bits of a fingerprint that matter.
    public static var fingerprintBits: Int { 30 }
    /// Where a counter stops.
    public static var estimateMax: Int { 15 }

    /// The paper's sample: this many additions per entry, then counters are halved.
    static let additionsPerEntry = 10
    /// 8 words of 16 counters are a cache line.
    static let blockWords = 8
    /// With this many blocks per addition a sweep ends after a thousandth of a sample, and one
    /// addition reads at most 1 KiB in order.
    static let sweptBlocks = 16

    /// All counters but their lowest bits, of one word, and those bits.
    private static let upperBits: UInt64 = 0x7777_7777_7777_7777
    private static let lowestBits: UInt64 = 0x1111_1111_1111_1111

    private var words: ReservedArray<UInt64>
    private var blockMask = 0
    private var entryCount = 0
    /// Additions since counters were halved, less what halving took.
    private var additionCount = 0
    /// Blocks that a sweep has passed; all of them when none is under way.
    private var sweptCount = 0
    private var oddCount = 0

    /// An empty sketch for at most `entryCountMax` entries.
    ///
    /// - Complexity: O(1); memory is taken by `reserve`.
    public init(entryCountMax: Int) {
        words = ReservedArray(reserving: Self.wordCount(forEntries: entryCountMax))
    }

    /// Whether nothing is counted yet, for want of a `reserve`.
    public var isEmpty: Bool { words.count == 0 }

    /// Bytes of memory held.
    public var storageBytes: Int { words.storageBytes }

    /// Makes the sketch fit for `newCount` entries, of which the sample takes its length. A table
    /// that is too small doubles.
    ///
    /// - Complexity: O(`newCount`) where the table grows, else O(1).
    public mutating func reserve(forEntries newCount: Int) {
        entryCount = max(newCount, 1)
        let wordCount = min(Self.wordCount(forEntries: entryCount), words.capacity)
        guard wordCount > words.count else { return }
        finishSweep()
        let oldCount = words.count
        words.grow(toCount: wordCount)
        // A key's block is known by the low bits of its fingerprint: where one more bit counts,
        // both of the blocks that it may be in start as copies of the one it was in.
        if oldCount > 0 {
            for index in oldCount..<wordCount { words[index] = words[index - oldCount] }
        }
        blockMask = wordCount / Self.blockWords - 1
        sweptCount = blockMask + 1
    }

    private static func wordCount(forEntries count: Int) -> Int {
        let atLeast = max(count, blockWords)
        return 1 << (Int.bitWidth - (atLeast - 1).leadingZeroBitCount)
    }

    /// 30 bits of a key's hash. Shards are chosen by bits of the hash, which are therefore alike
    /// within one; the multiplication (by 2^64 over the golden ratio) spreads the others.
    @inlinable public static func fingerprint(of hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 34)
    }

    /// How often the key of `fingerprint` was added of late.
    ///
    /// - Complexity: O(1).
    public func estimate(of fingerprint: UInt32) -> Int {
        guard !isEmpty else { return 0 }
        let block = Int(fingerprint) & blockMask
        let choice = Self.choice(fingerprint)
        var least = UInt64(Self.estimateMax)
        for row in 0..<4 {
            let (word, shift) = Self.counter(row, choice)
            least = min(least, words[block &* Self.blockWords &+ word] &>> shift & 15)
        }
        return Int(block < sweptCount ? least : least >> 1)
    }

    /// Counts one request for the key of `fingerprint`.
    ///
    /// - Complexity: O(1).
    public mutating func add(_ fingerprint: UInt32) {
        guard !isEmpty else { return }
        let start = (Int(fingerprint) & blockMask) &* Self.blockWords
        let choice = Self.choice(fingerprint)
        // One after the other, and all of them: `||` would stop at the first.
        var isGrown = grow(0, start, choice)
        isGrown = grow(1, start, choice) || isGrown
        isGrown = grow(2, start, choice) || isGrown
        isGrown = grow(3, start, choice) || isGrown
        if isGrown { additionCount &+= 1 }
        if sweptCount <= blockMask {
            sweep(Self.sweptBlocks)
        } else if additionCount >= Self.additionsPerEntry * entryCount {
            (sweptCount, oddCount) = (0, 0)
            sweep(Self.sweptBlocks)
        }
    }

    /// Adds one to a counter of the block at `start`, unless it has stopped.
    @inline(__always)
    private mutating func grow(_ row: Int, _ start: Int, _ choice: UInt32) -> Bool {
        let (word, shift) = Self.counter(row, choice)
        let value = words[start &+ word]
        guard value &>> shift & 15 < 15 else { return false }
        words[start &+ word] = value &+ 1 &<< shift
        return true
    }

    /// 20 well-mixed bits of the fingerprint: five for each of the four counters.
    static func choice(_ fingerprint: UInt32) -> UInt32 {
        var mixed = fingerprint &* 0x85EB_CA6B
        mixed ^= mixed >> 13
        mixed &*= 0xC2B2_AE35
        return mixed >> 12
    }

    /// Word in its block, and shift in its word, of the counter in `row`.
    @inline(__always)
    static func counter(_ row: Int, _ choice: UInt32) -> (word: Int, shift: UInt64) {
        let bits = choice &>> UInt32(truncatingIfNeeded: row &* 5)
        return (2 &* row &+ Int(bits & 1), UInt64(bits &>> 1 & 15) &* 4)
    }

    private mutating func finishSweep() {
        sweep(blockMask + 1)
    }

    /// Halves the counters of the next `count` blocks; a counter that was odd has lost a half, by
    /// which the sum of all additions is corrected in the end.
    private mutating func sweep(_ count: Int) {
        guard sweptCount <= blockMask, !isEmpty else { return }
        let end = min(sweptCount + count, blockMask + 1)
        for index in sweptCount * Self.blockWords..<end * Self.blockWords {
            oddCount += (words[index] & Self.lowestBits).nonzeroBitCount
            words[index] = words[index] >> 1 & Self.upperBits
        }
        sweptCount = end
        if sweptCount > blockMask { additionCount = max(0, additionCount - oddCount / 4) / 2 }
    }
}

extension FrequencySketch {
    /// For tests.
    ///
    /// - Complexity: O(1).
    /// - Throws: The first broken promise: the table is whole blocks, a power of two of them, and
    ///   the sweep is within.
    public func checkInvariants() throws(InvariantViolation) {
        guard !isEmpty else { return }
        let blockCount = blockMask + 1
        try InvariantViolation.check(
            blockCount.nonzeroBitCount == 1 && blockCount * Self.blockWords == words.count,
            "\(words.count) words are not \(blockCount) blocks")
        try InvariantViolation.check(
            (0...blockCount).contains(sweptCount), "\(sweptCount) of \(blockCount) are swept")
        try InvariantViolation.check(
            (0...Self.additionsPerEntry * entryCount + blockCount).contains(additionCount),
            "\(additionCount) additions for \(entryCount) entries")
    }
}
