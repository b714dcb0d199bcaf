/// What LHD knows of a slot, in eight bytes. Zeroed memory is a slot that is not held.
struct LhdTag: BitwiseCopyable {
    /// Number of the access that used it last.
    private(set) var used: UInt32
    /// Bits 0-14: age at the last hit. Bits 15-29: age at the hit before, or the limit when there
    /// was none. Bit 30: explorer. Bit 31: held.
    private var bits: UInt32

    private static let ageBits: UInt32 = 15
    private static let ageMask: UInt32 = 1 << ageBits - 1
    private static let explorerBit: UInt32 = 1 << 30
    private static let heldBit: UInt32 = 1 << 31

    /// A slot that is not held.
    static let free = LhdTag(used: 0, bits: 0)

    private init(used: UInt32, bits: UInt32) {
        self.used = used
        self.bits = bits
    }

    /// A slot that was just admitted.
    init(used: UInt32) {
        self.init(
            used: used, bits: Self.heldBit | UInt32(HitDensities.ageLimit) << Self.ageBits)
    }

    var isHeld: Bool { bits & Self.heldBit != 0 }

    var isExplorer: Bool {
        get { bits & Self.explorerBit != 0 }
        set { bits = newValue ? bits | Self.explorerBit : bits & ~Self.explorerBit }
    }

    var classNumber: Int {
        let (last, before) = (bits & Self.ageMask, bits >> Self.ageBits & Self.ageMask)
        return HitDensities.classOf(ages: Int(last + before))
    }

    /// Notes a hit. The slot is no longer an explorer.
    mutating func hit(atAge age: Int, now: UInt32) {
        bits = Self.heldBit | (bits & Self.ageMask) << Self.ageBits | UInt32(age)
        used = now
    }
}
