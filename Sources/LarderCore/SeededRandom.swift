/// A small random source whose whole sequence follows from its seed (SplitMix64 [1]).
///
/// Tests and simulations take the seed as an argument, so that a failure names the sequence that
/// caused it. Not for secrets.
///
/// [1] G. Steele et al., Fast Splittable Pseudorandom Number Generators, OOPSLA 2014,
///     https://doi.org/10.1145/2660193.2660195
public struct SeededRandom: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// The sequence of `seed`.
    @inlinable public init(seed: UInt64) {
        state = seed
    }

    /// The next number; all 64 bits are equally good.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func next() -> UInt64 {
        // Arithmetic modulo 2^64 is the algorithm, so wrapping is intended throughout.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
