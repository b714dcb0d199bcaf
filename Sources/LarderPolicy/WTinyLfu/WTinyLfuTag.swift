/// What W-TinyLFU knows of a slot beside its place and weight: its fingerprint, for the sketch, and
/// where it is. Zeroed memory is a slot that is not held.
struct WTinyLfuTag: BitwiseCopyable {
    /// Where an entry is. The order is that of the bits.
    enum Region: UInt32 {
        /// Not held.
        case none
        /// New here.
        case window
        /// Let in by the sketch, or not yet compared with anybody.
        case probation
        /// Asked for in probation.
        case protected
    }

    /// Bits 0-29: fingerprint. Bits 30-31: region.
    private var bits: UInt32

    /// A slot with this fingerprint, not held yet.
    init(fingerprint: UInt32) {
        bits = fingerprint
    }

    var fingerprint: UInt32 { bits & (1 << 30 - 1) }

    var region: Region {
        get { Region(rawValue: bits >> 30) ?? .none }
        set { bits = fingerprint | newValue.rawValue << 30 }
    }
}
