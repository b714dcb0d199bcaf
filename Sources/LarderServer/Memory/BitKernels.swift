/// How BITOP joins values.
enum BitOperation {
    case and, or, xor, not

    /// Reads its name; `nil` when there is no such operation.
    init?(_ word: RawSpan) {
        if word.equalsIgnoringCase("and") {
            self = .and
        } else if word.equalsIgnoringCase("or") {
            self = .or
        } else if word.equalsIgnoringCase("xor") {
            self = .xor
        } else if word.equalsIgnoringCase("not") {
            self = .not
        } else {
            return nil
        }
    }

    @inline(__always)
    func apply<Word: FixedWidthInteger>(_ left: Word, _ right: Word) -> Word {
        switch self {
        case .and: left & right
        case .or: left | right
        case .xor: left ^ right
        case .not: ~right
        }
    }

    /// Joins `bytes` to those of `target` from `offset` on, with `not` in their place.
    ///
    /// - Complexity: O(bytes), eight at a time.
    @safe func join(_ bytes: RawSpan, to target: inout [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset <= target.count - bytes.byteCount, "Bytes fit.")
        switch self {
        case .and: Self.join(bytes, to: &target, at: offset) { $0 & $1 }
        case .or: Self.join(bytes, to: &target, at: offset) { $0 | $1 }
        case .xor: Self.join(bytes, to: &target, at: offset) { $0 ^ $1 }
        case .not: Self.join(bytes, to: &target, at: offset) { ~$1 }
        }
    }

    @inline(__always)
    private static func join(
        _ bytes: RawSpan, to target: inout [UInt8], at offset: Int,
        _ operation: (UInt64, UInt64) -> UInt64
    ) {
        let count = bytes.byteCount
        unsafe bytes.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { buffer in
                guard let source = source.baseAddress, let start = buffer.baseAddress else {
                    return
                }
                let target = unsafe start + offset
                var place = 0
                while place + 8 <= count {
                    let left = unsafe target.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    let right = unsafe source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    unsafe target.storeBytes(
                        of: operation(left, right), toByteOffset: place, as: UInt64.self)
                    place += 8
                }
                while place < count {
                    let left = unsafe UInt64(target.load(fromByteOffset: place, as: UInt8.self))
                    let right = unsafe UInt64(source.load(fromByteOffset: place, as: UInt8.self))
                    unsafe target.storeBytes(
                        of: UInt8(truncatingIfNeeded: operation(left, right)),
                        toByteOffset: place, as: UInt8.self)
                    place += 1
                }
            }
        }
    }
}

extension RawSpan {
    /// The bits that are set.
    ///
    /// - Complexity: O(bytes), eight at a time.
    var setBitCount: Int {
        var sum = 0
        var place = 0
        // Four sums, so that one addition does not wait for another.
        var sums = InlineArray<4, Int>(repeating: 0)
        unsafe withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            while place &+ 32 <= bytes.count {
                for index in 0..<4 {
                    let word = unsafe start.loadUnaligned(
                        fromByteOffset: place &+ index &* 8, as: UInt64.self)
                    sums[index] &+= word.nonzeroBitCount
                }
                place &+= 32
            }
            while place < bytes.count {
                unsafe sum += start.load(fromByteOffset: place, as: UInt8.self).nonzeroBitCount
                place += 1
            }
        }
        return sum + sums[0] + sums[1] + sums[2] + sums[3]
    }

    /// How many bytes from the start on are `byte`, in steps of eight; none when the first eight
    /// are not all so.
    ///
    /// - Complexity: O(bytes), 32 at a time.
    func runLength(of byte: UInt8) -> Int {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var place = 0
        unsafe withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            while place &+ 32 <= bytes.count {
                var difference: UInt64 = 0
                for index in 0..<4 {
                    difference |=
                        unsafe pattern
                        ^ start.loadUnaligned(
                            fromByteOffset: place &+ index &* 8, as: UInt64.self)
                }
                guard difference == 0 else { break }
                place &+= 32
            }
            while place &+ 8 <= bytes.count,
                unsafe start.loadUnaligned(fromByteOffset: place, as: UInt64.self) == pattern
            {
                place &+= 8
            }
        }
        return place
    }
}
