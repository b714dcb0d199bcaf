/// The first eight bytes of an entry: how long its parts are, and which it has.
///
///     bits   0–16   bytes of the value (of a large value: of the number that stands for it)
///     bits  17–30   bytes of the key
///     bits  31–42   key space: the incarnation of a database, changed by a flush
///     bits  43–50   shape: which optional parts follow
///     bits  51–58   state: what the next read has to do besides reading
///
/// The optional parts follow in this order, then the key, then the value:
/// expiry (8 bytes, and 8 of links in the timer wheel), version (8 bytes), flags (4 bytes).
struct EntryHeader: Hashable, BitwiseCopyable {
    private(set) var bits: UInt64

    /// Which optional parts an entry has.
    struct Shape: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        static let expiry = Shape(rawValue: 1)
        static let version = Shape(rawValue: 2)
        static let flags = Shape(rawValue: 4)
        /// The value is the number of a `LargeValue` of the shard.
        static let large = Shape(rawValue: 8)

        /// Bytes of the parts, the header included.
        @inline(__always) var byteCount: Int {
            8 + (contains(.expiry) ? 16 : 0) + (contains(.version) ? 8 : 0)
                + (contains(.flags) ? 4 : 0)
        }

        var versionOffset: Int { contains(.expiry) ? 24 : 8 }
        var flagsOffset: Int { versionOffset + (contains(.version) ? 8 : 0) }
    }

    static var expiryOffset: Int { 8 }
    static var linksOffset: Int { 16 }
    /// Longest key in bytes.
    static var keyLengthMax: Int { (1 << 14) - 1 }

    init(bits: UInt64) {
        self.bits = bits
    }

    init(keyLength: Int, valueLength: Int, space: UInt16, shape: Shape) {
        precondition(keyLength <= Self.keyLengthMax && valueLength < 1 << 17, "The parts fit.")
        precondition(space < 1 << 12, "A key space has a number of 12 bits.")
        bits =
            UInt64(valueLength) | UInt64(keyLength) << 17 | UInt64(space) << 31
            | UInt64(shape.rawValue) << 43
    }

    var valueLength: Int { Int(bits & 0x1FFFF) }
    var keyLength: Int { Int(bits >> 17 & 0x3FFF) }
    var space: UInt16 { UInt16(truncatingIfNeeded: bits >> 31) & 0xFFF }
    var shape: Shape { Shape(rawValue: UInt8(truncatingIfNeeded: bits >> 43)) }
    var state: UInt8 { UInt8(truncatingIfNeeded: bits >> 51) }

    @inline(__always) var keyOffset: Int { shape.byteCount }
    @inline(__always) var valueOffset: Int { shape.byteCount + keyLength }
    /// Bytes of the whole entry.
    @inline(__always) var byteCount: Int { shape.byteCount + keyLength + valueLength }

    /// The bits that say whose entry this is: its key space and the length of its key. No entry
    /// has those of a key that is too long to be stored: it would run over into the key space.
    static func identity(keyLength: Int, space: UInt16) -> UInt64 {
        guard keyLength <= keyLengthMax else { return .max }
        return UInt64(keyLength) << 17 | UInt64(space) << 31
    }

    static var identityMask: UInt64 { 0x3FFF << 17 | 0xFFF << 31 }
}
