/// The first eight bytes of an entry: how long its parts are, and which it has.
///
///     bits   0–12   bytes of the value (of a large value: of the number that stands for it)
///     bits  13–26   bytes of the key
///     bits  27–38   key space: the incarnation of a database, changed by a flush
///     bits  39–44   shape: which optional parts follow
///     bits  45–50   marks: what clients are told along with the value
///     bits  51–63   last access, in units of 65.5 s (docs/decisions/0012)
///
/// The optional parts follow in this order, then the key, then the value: expiry (8 bytes, and 8 of
/// links in the timer wheel), version (8 bytes), flags (4 bytes), provenance (32 bytes). The tags
/// and the validator of an entry with a provenance are the end of its value, and counted in its
/// length.
struct EntryHeader: Hashable, BitwiseCopyable {
    private(set) var bits: UInt64

    /// Which optional parts an entry has. The bit of a part is the number of its bytes, so that one
    /// mask adds them up.
    struct Shape: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        /// The value is the number of a `LargeValue` of the shard.
        static let large = Shape(rawValue: 1)
        static let flags = Shape(rawValue: 4)
        static let version = Shape(rawValue: 8)
        static let expiry = Shape(rawValue: 16)
        static let provenance = Shape(rawValue: 32)

        /// Bytes of the parts, the header included.
        @inline(__always) var byteCount: Int { 8 + Int(rawValue & 0x3C) }

        /// Whether a value is not just the bytes that are stored: one test on the way of a hit.
        @inline(__always) var isSpecial: Bool { rawValue & 0x21 != 0 }

        var versionOffset: Int { contains(.expiry) ? 24 : 8 }
        var flagsOffset: Int { versionOffset + (contains(.version) ? 8 : 0) }
        var provenanceOffset: Int { flagsOffset + (contains(.flags) ? 4 : 0) }
    }

    static var expiryOffset: Int { 8 }
    static var linksOffset: Int { 16 }
    private static let valueBits: UInt64 = 13
    private static let spaceShift: UInt64 = 27
    private static let shapeShift: UInt64 = 39
    private static let marksShift: UInt64 = 45
    private static let accessShift: UInt64 = 51
    /// Longest key in bytes.
    static var keyLengthMax: Int { (1 << 14) - 1 }

    init(bits: UInt64) {
        self.bits = bits
    }

    init(
        keyLength: Int, valueLength: Int, space: UInt16, shape: Shape, marks: EntryMarks = [],
        accessed now: Moment = Moment(milliseconds: 0)
    ) {
        precondition(keyLength <= Self.keyLengthMax && valueLength < 1 << 13, "The parts fit.")
        precondition(space < 1 << 12, "A key space has a number of 12 bits.")
        bits =
            UInt64(valueLength) | UInt64(keyLength) << Self.valueBits
            | UInt64(space) << Self.spaceShift | UInt64(shape.rawValue) << Self.shapeShift
            | UInt64(marks.rawValue) << Self.marksShift | Self.accessBits(now)
    }

    @inline(__always) var valueLength: Int { Int(bits & 0x1FFF) }
    @inline(__always) var keyLength: Int { Int(bits >> Self.valueBits & 0x3FFF) }
    @inline(__always) var space: UInt16 { UInt16(bits >> Self.spaceShift & 0xFFF) }

    @inline(__always) var shape: Shape {
        get { Shape(rawValue: UInt8(bits >> Self.shapeShift & 0x3F)) }
        set {
            bits &= ~(0x3F << Self.shapeShift)
            bits |= UInt64(newValue.rawValue) << Self.shapeShift
        }
    }

    var marks: EntryMarks {
        get { EntryMarks(rawValue: UInt8(bits >> Self.marksShift & 0x3F)) }
        set {
            bits &= ~(0x3F << Self.marksShift)
            bits |= UInt64(newValue.rawValue) << Self.marksShift
        }
    }

    @inline(__always) var keyOffset: Int { shape.byteCount }
    @inline(__always) var valueOffset: Int { shape.byteCount + keyLength }
    /// Bytes of the whole entry.
    @inline(__always) var byteCount: Int { shape.byteCount + keyLength + valueLength }

    /// The bits that say whose entry this is: its key space and the length of its key. No entry
    /// has those of a key that is too long to be stored: it would run over into the key space.
    static func identity(keyLength: Int, space: UInt16) -> UInt64 {
        guard keyLength <= keyLengthMax else { return .max }
        return UInt64(keyLength) << valueBits | UInt64(space) << spaceShift
    }

    /// The header of the same entry in another key space.
    func moved(to space: UInt16) -> EntryHeader {
        EntryHeader(
            bits: bits & ~(0xFFF << Self.spaceShift) | UInt64(space) << Self.spaceShift)
    }

    /// The header after the value was written in its place at `now`.
    func edited(at now: Moment) -> EntryHeader {
        var header = accessed(at: now)
        header.marks = []
        return header
    }

    static var identityMask: UInt64 { 0x3FFF << valueBits | 0xFFF << spaceShift }
}

// When the entry was last used: the low 13 bits of the time in units of 2^16 ms, so a hit changes
// the header once in 65.5 s, and ages above six days are taken for smaller ones.
extension EntryHeader {
    private static var unitBits: UInt64 { 16 }
    private static var unitMask: UInt64 { 0x1FFF }

    @inline(__always) private static func accessBits(_ now: Moment) -> UInt64 {
        (now.milliseconds >> unitBits) << accessShift
    }

    /// The header after a use at `now`.
    @inline(__always) func accessed(at now: Moment) -> EntryHeader {
        EntryHeader(bits: bits & (1 << Self.accessShift - 1) | Self.accessBits(now))
    }

    /// The header after the value was read at `now`.
    @inline(__always) func fetched(at now: Moment) -> EntryHeader {
        let mark = UInt64(EntryMarks.fetched.rawValue) << Self.marksShift
        return EntryHeader(bits: accessed(at: now).bits | mark)
    }

    /// Milliseconds since the last use, at least: up to 65.5 s more may have passed.
    func idleMilliseconds(at now: Moment) -> UInt64 {
        let units = (now.milliseconds >> Self.unitBits) &- (bits >> Self.accessShift)
        let age = units & Self.unitMask
        guard age > 0 else { return 0 }
        return (age - 1) << Self.unitBits | now.milliseconds & (1 << Self.unitBits - 1)
    }
}

/// What is known of an entry besides its value, for the clients that ask.
public struct EntryMarks: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// A bit for each mark.
    public let rawValue: UInt8

    /// The marks with these bits.
    @inlinable public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The value has been read since it was written.
    @inlinable public static var fetched: Self { EntryMarks(rawValue: 1) }
    /// The value is out of date, and waits for a client that writes another.
    @inlinable public static var stale: Self { EntryMarks(rawValue: 2) }
    /// A client was told that it is the one to write another.
    @inlinable public static var won: Self { EntryMarks(rawValue: 4) }
    /// The client that wrote it knows the key in base64.
    @inlinable public static var encodedKey: Self { EntryMarks(rawValue: 8) }
}
