/// What a look-up needs of a `TagTable`: two words in registers, whichever of two tables it is.
///
/// Safety: made from a table for one call, under the lock that guards the table.
@safe struct TagTableView {
    private let base: UnsafeMutableRawPointer
    private let bucketCount: Int

    @unsafe init(_ base: UnsafeMutableRawPointer, bucketCount: Int) {
        unsafe self.base = unsafe base
        self.bucketCount = bucketCount
    }

    /// The slot for which `isMatch` says yes, among those whose tag is that of `hash`.
    ///
    /// - Complexity: Expected O(1).
    @inline(__always)
    func find(_ hash: UInt64, _ isMatch: (UInt32) -> Bool) -> UInt32? {
        let tag = TagTable.tag(hash)
        var number = TagTable.home(hash, bucketCount: bucketCount)
        for _ in 0..<bucketCount {
            let bucket = unsafe Bucket(base, number)
            var cells = bucket.cells(tagged: tag)
            while cells != 0 {
                let slot = bucket.slot(cells.trailingZeroBitCount)
                if isMatch(slot) { return slot }
                cells &= cells &- 1
            }
            if bucket.overflow == 0 { return nil }
            number = number &+ 1 == bucketCount ? 0 : number &+ 1
        }
        return nil
    }
}

/// One bucket: 15 tags, the overflow count, 15 slots.
@safe struct Bucket {
    private let start: UnsafeMutableRawPointer

    @inline(__always)
    @unsafe init(_ base: UnsafeMutableRawPointer, _ number: Int) {
        unsafe start = base + number &* TagTable.bucketBytes
    }

    static var allCells: UInt64 { 0x7FFF }

    /// One bit per cell whose tag is `tag`.
    ///
    /// Two words of eight bytes: `SIMD16` has no way in Swift to get a mask of bits out of a
    /// comparison, and what stands in for it takes 300 instructions (docs/decisions/0008).
    @inline(__always)
    func cells(tagged tag: UInt8) -> UInt64 {
        let pattern = UInt64(tag) &* 0x0101_0101_0101_0101
        let low = unsafe Self.zeroBytes(start.load(as: UInt64.self) ^ pattern)
        let high = unsafe Self.zeroBytes(
            start.load(fromByteOffset: 8, as: UInt64.self) ^ pattern)
        return (low | high << 8) & Self.allCells
    }

    /// A bit per byte that is zero.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        let rest: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        // The top bit of each byte says that the byte is zero; no carry leaves a byte.
        let marks = ~(((word & rest) &+ rest) | word | rest)
        // The multiplication gathers the eight top bits in the top byte.
        return ((marks >> 7) &* 0x0102_0408_1020_4080) >> 56
    }

    @inline(__always)
    func slot(_ cell: Int) -> UInt32 {
        unsafe start.loadUnaligned(fromByteOffset: 16 &+ cell &* 3, as: UInt32.self) & 0xFF_FFFF
    }

    @inline(__always)
    var overflow: UInt8 {
        unsafe start.load(fromByteOffset: 15, as: UInt8.self)
    }
}
