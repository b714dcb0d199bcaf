/// An integer of up to 64 bits somewhere in a value, as BITFIELD knows them.
struct BitField: Equatable {
    var isSigned: Bool
    /// Bits of the integer: up to 64 with a sign, 63 without.
    var width: Int
    /// Place of its first bit, which is its highest.
    var offset: Int

    /// What becomes of a number that does not fit.
    enum Overflow {
        case wrap, saturate, fail
    }

    private var mask: UInt64 { width == 64 ? .max : 1 << UInt64(width) - 1 }

    /// Bytes of a value in which the integer lies.
    var byteRange: Range<Int> { offset / 8..<(offset + width - 1) / 8 + 1 }

    /// The integer in a value whose bytes `byte` gives.
    func load(_ byte: (Int) -> UInt8) -> Int64 {
        var window: UInt128 = 0
        for place in byteRange { window = window << 8 | UInt128(byte(place)) }
        let behind = byteRange.upperBound * 8 - offset - width
        let bits = UInt64(truncatingIfNeeded: window >> UInt128(behind)) & mask
        guard isSigned, width < 64, bits >> UInt64(width - 1) == 1 else {
            return Int64(bitPattern: bits)
        }
        return Int64(bitPattern: bits | ~mask)
    }

    /// Changes the bytes of the integer, read by `byte` and written by `write`, to be `value`.
    func store(_ value: Int64, _ byte: (Int) -> UInt8, _ write: (Int, UInt8) -> Void) {
        let behind = byteRange.upperBound * 8 - offset - width
        let bits = UInt128(UInt64(bitPattern: value) & mask) << UInt128(behind)
        let keep = ~(UInt128(mask) << UInt128(behind))
        for place in byteRange {
            let shift = UInt128((byteRange.upperBound - 1 - place) * 8)
            let kept = byte(place) & UInt8(truncatingIfNeeded: keep >> shift)
            write(place, kept | UInt8(truncatingIfNeeded: bits >> shift))
        }
    }

    /// `value` plus `step`, within the integer's limits; `nil` when it does not fit and shall fail.
    func sum(_ value: Int64, _ step: Int64, _ overflow: Overflow) -> Int64? {
        let excess = isSigned ? signedExcess(value, step) : unsignedExcess(value, step)
        guard excess != 0 else { return value &+ step }
        switch overflow {
        case .fail: return nil
        case .wrap: return wrapped(value &+ step)
        case .saturate: return excess > 0 ? highest : lowest
        }
    }

    private var highest: Int64 {
        Int64(bitPattern: isSigned ? mask >> 1 : mask)
    }

    private var lowest: Int64 { isSigned ? -highest - 1 : 0 }

    private func wrapped(_ value: Int64) -> Int64 {
        let bits = UInt64(bitPattern: value) & mask
        guard isSigned, bits >> UInt64(width - 1) == 1 else { return Int64(bitPattern: bits) }
        return Int64(bitPattern: bits | ~mask)
    }

    /// Whether the sum is too large, 1, or too small, -1. Computed as redis does, whose differences
    /// wrap around for values that are themselves out of range.
    private func signedExcess(_ value: Int64, _ step: Int64) -> Int {
        let up = highest &- value
        let down = lowest &- value
        if value > highest || (width != 64 && step > up) || (value >= 0 && step > 0 && step > up) {
            return 1
        }
        if value < lowest || (width != 64 && step < down)
            || (value < 0 && step < 0 && step < down)
        {
            return -1
        }
        return 0
    }

    private func unsignedExcess(_ value: Int64, _ step: Int64) -> Int {
        let up = highest &- value
        if UInt64(bitPattern: value) > mask || (step > 0 && step > up) { return 1 }
        return step < 0 && step < 0 &- value ? -1 : 0
    }
}
