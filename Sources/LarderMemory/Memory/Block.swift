import Glibc

/// The memory of one entry, or of one piece of a large value.
///
/// Safety: a block is obtained from the arena under the shard's lock and used before the lock is
/// left or the block is freed. Lengths come from the header, which only the shard writes; sizes are
/// checked when an entry is written, so reads need no checks of their own.
@safe struct Block: BitwiseCopyable {
    private let base: UnsafeMutableRawPointer

    @unsafe init(_ base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    /// For readers without the lock, who know that the block stays.
    @unsafe var start: UnsafeRawPointer { unsafe UnsafeRawPointer(base) }

    /// Where the value is, for one that is changed in place.
    @unsafe var valueStart: UnsafeMutableRawPointer { unsafe base + header.valueOffset }

    /// Where the block is, as a number.
    var address: UInt { unsafe UInt(bitPattern: base) }

    var header: EntryHeader {
        get { EntryHeader(bits: unsafe base.load(as: UInt64.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.bits, as: UInt64.self) }
    }

    /// Whether the entry's key is `key` of the key space in `identity`.
    ///
    /// - Complexity: O(key), almost always O(1) when they differ.
    @inline(__always)
    func matches(_ key: RawSpan, identity: UInt64) -> Bool {
        let header = header
        guard header.bits & EntryHeader.identityMask == identity else { return false }
        let start = unsafe UnsafeRawPointer(base) + header.keyOffset
        return unsafe key.withUnsafeBytes {
            guard let bytes = $0.baseAddress else { return true }
            guard $0.count >= 8, $0.count <= 64 else {
                return unsafe memcmp(start, bytes, $0.count) == 0
            }
            return unsafe Self.areEqual(start, bytes, $0.count)
        }
    }

    /// Compares 8 to 64 bytes, the size of most keys, by words of which the last may overlap the
    /// one before. A call of `memcmp` takes longer than the comparison.
    @inline(__always)
    private static func areEqual(
        _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ byteCount: Int
    ) -> Bool {
        let last = byteCount &- 8
        var offset = 0
        var difference: UInt64 = 0
        while offset < last {
            difference |= unsafe word(left, offset) ^ word(right, offset)
            offset &+= 8
        }
        difference |= unsafe word(left, last) ^ word(right, last)
        return difference == 0
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    var key: RawSpan {
        @_lifetime(borrow self) get {
            let header = header
            return span(header.keyOffset, header.keyLength)
        }
    }

    var value: RawSpan {
        @_lifetime(borrow self) get {
            let header = header
            return span(header.valueOffset, plainValueLength)
        }
    }

    /// `byteCount` bytes from `offset` on.
    @_lifetime(borrow self)
    func span(_ offset: Int, _ byteCount: Int) -> RawSpan {
        unsafe _overrideLifetime(
            RawSpan(
                _unsafeStart: UnsafeRawPointer(base) + offset, byteCount: byteCount),
            borrowing: self)
    }

    func write(_ bytes: RawSpan, at offset: Int) {
        unsafe bytes.withUnsafeBytes {
            guard let source = $0.baseAddress else { return }
            unsafe memcpy(base + offset, source, $0.count)
        }
    }

    /// Copies `byteCount` bytes at `offset` from `other`.
    func copy(from other: Block, at offset: Int, to target: Int, byteCount: Int) {
        unsafe memcpy(base + target, other.base + offset, byteCount)
    }

    func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        unsafe base.loadUnaligned(fromByteOffset: offset, as: type)
    }

    func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }
}

extension Block {
    /// When the entry expires; `never` if it has no expiry.
    var expiry: Moment {
        guard header.shape.contains(.expiry) else { return .never }
        return Moment(milliseconds: load(EntryHeader.expiryOffset, as: UInt64.self))
    }

    /// What a memcached client stored beside the value.
    var flags: UInt32 {
        let shape = header.shape
        return shape.contains(.flags) ? load(shape.flagsOffset, as: UInt32.self) : 0
    }

    /// Of a large value: the number that stands for it.
    var largeNumber: UInt32 { load(header.valueOffset, as: UInt32.self) }

    /// The entry's version; `nil` while nobody has asked for it.
    var version: UInt64? {
        let shape = header.shape
        return shape.contains(.version) ? load(shape.versionOffset, as: UInt64.self) : nil
    }
}
