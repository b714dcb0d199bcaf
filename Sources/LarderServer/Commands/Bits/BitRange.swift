import LarderWire

/// The bits that BITCOUNT and BITPOS look at, as their arguments name them.
struct BitRange {
    var start: Int64 = 0
    /// The last one; `nil` for the end of the value.
    var end: Int64?
    /// Whether start and end count bits; otherwise they count bytes.
    var countsBits = false

    /// The bits of a value of `byteCount` bytes that are meant; negative ends count from its end.
    func bits(of byteCount: Int) -> Range<Int> {
        let total = Int64(byteCount) * (countsBits ? 8 : 1)
        let first = max(0, start < 0 ? start &+ total : start)
        var last = end ?? total - 1
        if last < 0 { last = max(0, last &+ total) }
        last = min(last, total - 1)
        guard first <= last else { return 0..<0 }
        let unit = countsBits ? 1 : 8
        return Int(first) * unit..<(Int(last) + 1) * unit
    }
}

/// Counts the set bits of a range, piece by piece.
struct BitCounter {
    let bits: Range<Int>
    private(set) var count = 0

    init(_ bits: Range<Int>) {
        self.bits = bits
    }

    /// Counts in the bytes of the value from `offset` on.
    ///
    /// - Complexity: O(bytes), eight at a time.
    mutating func feed(_ bytes: RawSpan, at offset: Int) {
        let first = max(bits.lowerBound, offset * 8) - offset * 8
        let end = min(bits.upperBound, (offset + bytes.byteCount) * 8) - offset * 8
        guard first < end else { return }
        let (firstByte, lastByte) = (first / 8, (end - 1) / 8)
        let head = UInt8(0xFF) >> UInt8(first % 8)
        let tail = UInt8(truncatingIfNeeded: 0xFF00 >> ((end - 1) % 8 + 1))
        guard firstByte < lastByte else {
            count += (bytes.byte(at: firstByte) & head & tail).nonzeroBitCount
            return
        }
        count += (bytes.byte(at: firstByte) & head).nonzeroBitCount
        count += bytes.extracting(firstByte + 1..<lastByte).setBitCount
        count += (bytes.byte(at: lastByte) & tail).nonzeroBitCount
    }
}

/// Looks for the first bit of a kind in a range, piece by piece.
struct BitSearch {
    let bits: Range<Int>
    /// What is sought: a set bit or a clear one.
    let isSet: Bool
    private(set) var position: Int?

    init(_ bits: Range<Int>, isSet: Bool) {
        self.bits = bits
        self.isSet = isSet
    }

    /// Looks at the bytes of the value from `offset` on.
    ///
    /// - Complexity: O(bytes), eight at a time.
    /// - Returns: Whether to go on.
    mutating func feed(_ bytes: RawSpan, at offset: Int) -> Bool {
        var place = max(bits.lowerBound, offset * 8)
        let end = min(bits.upperBound, (offset + bytes.byteCount) * 8)
        let flip: UInt8 = isSet ? 0 : 0xFF
        while place < end {
            let byte = place / 8 - offset
            if place % 8 == 0 {
                let skipped = bytes.extracting(byte..<bytes.byteCount)
                    .runLength(of: isSet ? 0 : 0xFF)
                if skipped > 0 {
                    place += skipped * 8
                    continue
                }
            }
            let rest = (bytes.byte(at: byte) ^ flip) & 0xFF >> UInt8(place % 8)
            if rest != 0 {
                let found = place / 8 * 8 + rest.leadingZeroBitCount
                if found < bits.upperBound { position = found }
                return false
            }
            place = (place / 8 + 1) * 8
        }
        return end < bits.upperBound
    }
}
