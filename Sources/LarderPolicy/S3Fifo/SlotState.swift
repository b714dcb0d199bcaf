/// What S3-FIFO knows of a slot beside its place: weight, queue and frequency in one word, so that
/// a hit reads four bytes, and writes them only while the frequency is below its cap.
///
/// Zeroed memory is a slot that is not held.
@usableFromInline struct SlotState: BitwiseCopyable {
    /// Bits 0-28: weight + 1, or 0 when the weight is kept elsewhere or nothing is held.
    /// Bits 29-30: frequency. Bit 31: in main.
    @usableFromInline var bits: UInt32

    /// Weights from here on do not fit: 512 MiB, above the largest value that a client can store.
    @inlinable static var heavyWeightMin: UInt32 { weightMask }
    /// Two bits: the paper found no gain in counting further.
    @inlinable static var frequencyMax: UInt32 { 3 }

    @inlinable static var weightMask: UInt32 { 1 << 29 - 1 }
    @inlinable static var frequencyOne: UInt32 { 1 << 29 }
    @inlinable static var frequencyMask: UInt32 { 3 << 29 }
    @inlinable static var mainBit: UInt32 { 1 << 31 }

    /// A slot with no hit yet. A heavy weight is left out.
    init(weight: UInt32, isInMain: Bool) {
        bits = isInMain ? Self.mainBit : 0
        setWeight(weight)
    }

    /// The weight; `nil` when it is kept elsewhere.
    var weight: UInt32? {
        let stored = bits & Self.weightMask
        return stored == 0 ? nil : stored - 1
    }

    mutating func setWeight(_ weight: UInt32) {
        bits &= ~Self.weightMask
        if weight < Self.heavyWeightMin { bits |= weight + 1 }
    }

    var isInMain: Bool { bits & Self.mainBit != 0 }

    var frequency: UInt32 { bits >> 29 & Self.frequencyMax }

    /// Whether `weight` is the weight and is kept here: then a hit has nothing else to do.
    @inlinable func holds(weight: UInt32) -> Bool {
        weight < Self.heavyWeightMin && bits & Self.weightMask == weight + 1
    }

    /// Whether another hit would change anything.
    @inlinable var isBelowCap: Bool { bits & Self.frequencyMask != Self.frequencyMask }

    /// Notes a hit; the frequency must be below its cap.
    @inlinable mutating func countHit() { bits += Self.frequencyOne }

    mutating func setFrequency(_ frequency: UInt32) {
        bits = bits & ~Self.frequencyMask | frequency << 29
    }

    mutating func moveToMain() { bits |= Self.mainBit }
}
