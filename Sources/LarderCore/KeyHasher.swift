/// Hashes keys to 64 bits under a secret seed, so that nobody can send keys that collide.
public struct KeyHasher: Sendable {
    @usableFromInline let seed: UInt64

    /// A hasher whose values are those of no other seed.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The hash of `bytes`. `salt` separates key spaces: equal bytes under another salt have
    /// another hash.
    ///
    /// - Complexity: O(bytes). Allocates nothing.
    @inlinable public func hash(_ bytes: RawSpan, salt: UInt64 = 0) -> UInt64 {
        var state = seed ^ (salt &* 0x9E37_79B9_7F4A_7C15)
        var offset = 0
        let count = bytes.byteCount
        while offset + 16 <= count {
            state = Self.mix(
                Self.word(bytes, offset) ^ 0xA076_1D64_78BD_642F,
                Self.word(bytes, offset + 8) ^ state)
            offset += 16
        }
        var (low, high): (UInt64, UInt64) = (0, 0)
        if offset + 8 <= count {
            low = Self.word(bytes, offset)
            high = Self.word(bytes, count - 8)
        } else {
            while offset < count {
                low = low << 8 | UInt64(bytes.unsafeLoadByte(offset))
                offset += 1
            }
        }
        let tail = Self.mix(low ^ 0xE703_7ED1_A0B4_28DB, high ^ state)
        return Self.mix(tail ^ UInt64(truncatingIfNeeded: count), 0x8EBC_6AF0_9C88_C6E3)
    }

    @inlinable static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The halves of the 128-bit product, folded: every bit of either factor reaches every bit.
    @inlinable static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

extension RawSpan {
    @inlinable func unsafeLoadByte(_ offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
