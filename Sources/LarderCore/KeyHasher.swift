// A keyed 64-bit hash of the wyhash family [1].
//
// Its one tool is the product of two 64-bit numbers, of which both halves are kept: every bit of a
// factor reaches many bits of the product, in three cycles.
//
//     short (up to 16 bytes):  a, b = the first and last 8 bytes, which overlap
//     long:                    state = fold((word ^ k1) * (word ^ state)) per 16 bytes,
//                              in three lanes above 48; a, b = the last 16 bytes
//     finish:                  low, high = (a ^ k1) * (b ^ state)
//                              hash = fold((low ^ k0 ^ length ^ salt) * (high ^ k1))
//
// Where we differ: all constants follow from the seed. wyhash xors the input with constants that
// everybody knows, so that anybody can make a factor 0, which erases the other: keys that collide
// under every seed. The salt enters where nobody can foresee the state, for the same reason.
//
// [1] W. Yi et al., https://github.com/wangyi-fudan/wyhash

/// Hashes keys to 64 bits under a secret seed, so that nobody can send keys that collide.
public struct KeyHasher: Sendable {
    @usableFromInline let state0: UInt64
    @usableFromInline let secret0: UInt64
    @usableFromInline let secret1: UInt64
    @usableFromInline let secret2: UInt64
    @usableFromInline let secret3: UInt64

    /// A hasher whose values are those of no other seed.
    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        state0 = random.next()
        secret0 = random.next()
        secret1 = random.next()
        secret2 = random.next()
        secret3 = random.next()
    }

    /// The hash of `bytes`. `salt` separates key spaces: equal bytes under another salt have
    /// another hash.
    ///
    /// - Complexity: O(bytes). Allocates nothing.
    @inlinable public func hash(_ bytes: RawSpan, salt: UInt64 = 0) -> UInt64 {
        let count = bytes.byteCount
        var state = state0
        var (first, last): (UInt64, UInt64)
        if count <= 16 {
            (first, last) = Self.shortWords(bytes)
        } else {
            state = longState(bytes)
            (first, last) = (Self.word(bytes, count - 16), Self.word(bytes, count - 8))
        }
        let (high, low) = (first ^ secret1).multipliedFullWidth(by: last ^ state)
        let length = UInt64(truncatingIfNeeded: count)
        let turned = salt << 32 | salt >> 32
        return Self.fold(low ^ secret0 ^ length ^ turned, high ^ secret1)
    }

    /// All of up to 16 bytes in two words, which with their number tell them. Overlapping loads
    /// take the place of a loop over bytes.
    ///
    /// - Complexity: O(1).
    @inlinable public static func shortWords(_ bytes: RawSpan) -> (UInt64, UInt64) {
        let count = bytes.byteCount
        if count >= 8 { return (word(bytes, 0), word(bytes, count - 8)) }
        if count >= 4 { return (half(bytes, 0), half(bytes, count - 4)) }
        guard count > 0 else { return (0, 0) }
        // Of 1, 2 or 3 bytes: the first, the middle, the last.
        let ends = byte(bytes, 0) << 16 | byte(bytes, count >> 1) << 8
        return (ends | byte(bytes, count - 1), 0)
    }

    /// The state after all bytes but the last, which are 1 to 16, and up to 48 of which the last 16
    /// are read again.
    @inlinable func longState(_ bytes: RawSpan) -> UInt64 {
        var state = state0
        var offset = 0
        let count = bytes.byteCount
        if count > 48 {
            var (lane1, lane2) = (state, state)
            while offset + 48 < count {
                state = step(bytes, offset, secret1, state)
                lane1 = step(bytes, offset + 16, secret2, lane1)
                lane2 = step(bytes, offset + 32, secret3, lane2)
                offset += 48
            }
            state ^= lane1 ^ lane2
        }
        while offset + 16 < count {
            state = step(bytes, offset, secret1, state)
            offset += 16
        }
        return state
    }

    @inlinable func step(
        _ bytes: RawSpan, _ offset: Int, _ secret: UInt64, _ state: UInt64
    ) -> UInt64 {
        Self.fold(Self.word(bytes, offset) ^ secret, Self.word(bytes, offset + 8) ^ state)
    }

    @inlinable static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    @inlinable static func half(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }

    /// The halves of the product, folded: every bit of either factor reaches every bit.
    @inlinable static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
