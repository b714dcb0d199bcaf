extension RawSpan {
    /// The byte at `offset`. Bounds are checked.
    ///
    /// - Complexity: O(1).
    @inlinable @inline(__always) public func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes from `offset`, the first one lowest. Bounds are checked.
    @inline(__always) func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes of `range` are those of `text`.
    ///
    /// - Complexity: O(bytes of `text`).
    func matches(_ text: StaticString, at offset: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset + count <= byteCount else { return false }
        for index in 0..<count where byte(at: offset + index) != text.byte(at: index) {
            return false
        }
        return true
    }

    /// Whether the bytes of `range` are exactly those of `text`.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && matches(text, at: range.lowerBound)
    }

    /// The first place in `range` where `value` is, `nil` when it is nowhere.
    ///
    /// - Complexity: O(bytes), eight at a time.
    func firstIndex(of value: UInt8, in range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        let pattern = UInt64(value) &* 0x0101_0101_0101_0101
        while offset + 8 <= range.upperBound {
            let different = word(at: offset) ^ pattern
            // The high bit of every byte that is zero, and perhaps of ones above it.
            let found = (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
            if found != 0 { return offset + found.trailingZeroBitCount >> 3 }
            offset += 8
        }
        while offset < range.upperBound {
            if byte(at: offset) == value { return offset }
            offset += 1
        }
        return nil
    }
}

extension StaticString {
    /// The byte at `offset`, which is below `utf8CodeUnitCount`.
    @inline(__always) func byte(at offset: Int) -> UInt8 {
        unsafe utf8Start[offset]
    }
}
