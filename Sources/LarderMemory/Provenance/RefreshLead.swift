/// How long before the end of its freshness readers begin to consider loading an entry again, in
/// one byte.
///
/// A time of up to 7 ms is its own code; above that five bits say the power of two and three the
/// next digits, so it is rounded up by an eighth at the most: readers consider it too early, never
/// too late. Above 174 days they always do.
struct RefreshLead: Hashable, Comparable, BitwiseCopyable {
    let code: UInt8

    /// Readers consider it each time.
    static var always: RefreshLead { RefreshLead(code: .max) }

    init(code: UInt8) {
        self.code = code
    }

    init(milliseconds: UInt64) {
        guard milliseconds >= 8 else {
            code = UInt8(milliseconds)
            return
        }
        let shift = UInt64.bitWidth - milliseconds.leadingZeroBitCount - 4
        let digits = milliseconds >> UInt64(shift)
        let isRounded = digits << UInt64(shift) != milliseconds
        // A carry of the digits makes the next power of two, with the digits 0.
        let sum = UInt64(shift + 1) << 3 + (digits - 8) + (isRounded ? 1 : 0)
        code = UInt8(clamping: sum)
    }

    /// From `begin` to `end`.
    init(from begin: Moment, to end: Moment) {
        self.init(milliseconds: end.milliseconds - min(begin.milliseconds, end.milliseconds))
    }

    static func < (left: RefreshLead, right: RefreshLead) -> Bool { left.code < right.code }

    @inline(__always) var milliseconds: UInt64 {
        guard code >= 8 else { return UInt64(code) }
        return code == .max ? .max : UInt64(8 | code & 7) << UInt64((code >> 3) - 1)
    }

    /// When it begins for what is fresh until `end`.
    @inline(__always) func begin(before end: Moment) -> Moment {
        Moment(milliseconds: end.milliseconds - min(end.milliseconds, milliseconds))
    }
}
