import LarderCore

/// Random slots, two for each number drawn.
///
/// The generator is seeded, so that a run repeats; a policy draws so many slots per eviction that
/// drawing must cost next to nothing.
struct SlotSampler {
    private var random: SeededRandom

    /// The sequence of `seed`.
    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Two slots of `0..<slotCount`, as likely as all others.
    ///
    /// - Complexity: O(1).
    @inline(__always) mutating func nextPair(below slotCount: Int) -> (SlotID, SlotID) {
        let number = random.next()
        let count = UInt64(slotCount)
        let high = ((number >> 32) &* count) >> 32
        let low = ((number & 0xFFFF_FFFF) &* count) >> 32
        return (
            SlotID(rawValue: UInt32(truncatingIfNeeded: high)),
            SlotID(rawValue: UInt32(truncatingIfNeeded: low))
        )
    }
}
