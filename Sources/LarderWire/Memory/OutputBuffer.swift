/// Bytes on their way to a client: one block of memory that grows by doubling.
///
/// An append is one comparison and one copy. The buffer never grows beyond its limit: an append
/// that would is dropped whole, and so is every later one until `removeAll()`, so that what is in
/// the buffer is always a prefix of what was appended. `hasOverflowed` then says that the client
/// asked for more than it may have outstanding. Not `Sendable`: a loop owns it.
@safe public struct OutputBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var end = 0
    /// Bytes that fit before the block grows; 0 once it has overflowed, so that nothing fits.
    @usableFromInline var room: Int
    private var blockSize: Int
    /// The most bytes that the buffer ever holds.
    public let limit: Int
    /// Whether an append was dropped because it went over `limit`.
    public private(set) var hasOverflowed = false

    /// An empty buffer with memory for `capacity` bytes, which grows up to `limit`.
    ///
    /// - Complexity: One allocation.
    public init(capacity: Int, limit: Int = 1 << 30) {
        precondition(capacity >= 0 && limit >= capacity, "A limit is at least the capacity.")
        self.limit = limit
        blockSize = capacity
        room = capacity
        unsafe base = .allocate(byteCount: max(capacity, 1), alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Bytes appended and not removed.
    @inlinable public var count: Int { end }

    /// Bytes that the block holds without growing.
    public var capacity: Int { blockSize }

    /// Whether nothing was appended since the last `removeAll()`.
    @inlinable public var isEmpty: Bool { end == 0 }

    /// Appends `bytes`.
    ///
    /// - Complexity: O(bytes), amortised.
    @inlinable public mutating func append(_ bytes: RawSpan) {
        let added = bytes.byteCount
        guard room &- end >= added || grow(by: added) else { return }
        let target = unsafe base + end
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe Self.copy(start, to: target, byteCount: added)
        }
        end &+= added
    }

    /// Appends one byte.
    ///
    /// - Complexity: O(1), amortised.
    @inlinable public mutating func append(_ byte: UInt8) {
        guard room &- end >= 1 || grow(by: 1) else { return }
        unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end &+= 1
    }

    /// Appends the UTF-8 of `text`, which the compiler turns into a few stores.
    ///
    /// - Complexity: O(bytes), amortised.
    @inlinable public mutating func append(_ text: StaticString) {
        let added = text.utf8CodeUnitCount
        guard room &- end >= added || grow(by: added) else { return }
        unsafe (base + end).copyMemory(from: text.utf8Start, byteCount: added)
        end &+= added
    }

    /// Removes everything and forgets an overflow. Keeps the memory.
    ///
    /// - Complexity: O(1).
    public mutating func removeAll() {
        end = 0
        room = blockSize
        hasOverflowed = false
    }

    /// Removes everything, and gives memory back if there is more than for `capacity` bytes.
    ///
    /// - Complexity: O(1), with an allocation when memory is given back.
    public mutating func removeAll(keepingCapacityUpTo capacity: Int) {
        removeAll()
        guard blockSize > max(capacity, 1) else { return }
        unsafe base.deallocate()
        unsafe base = .allocate(byteCount: max(capacity, 1), alignment: 16)
        (blockSize, room) = (capacity, capacity)
    }

    /// Removes what was appended behind the first `newCount` bytes.
    ///
    /// - Complexity: O(1).
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= end, "A buffer is truncated to fewer bytes.")
        end = newCount
    }

    /// Removes the first `removed` bytes, as after a partial send.
    ///
    /// - Complexity: O(bytes that stay).
    public mutating func removeFirst(_ removed: Int) {
        precondition(removed >= 0 && removed <= end, "Only what is there is removed.")
        unsafe base.copyMemory(from: base + removed, byteCount: end - removed)
        end -= removed
    }

    /// Makes sure that `added` more bytes fit without growing, unless that goes over the limit.
    ///
    /// - Complexity: O(`count`) when it grows.
    public mutating func reserve(_ added: Int) {
        guard room &- end < added else { return }
        if end + added <= limit { _ = grow(by: added) }
    }

    /// Calls `body` with all bytes.
    ///
    /// - Complexity: O(1).
    @inlinable public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: end)
        return try body(bytes)
    }

    /// Makes room for `added` bytes. False when the limit forbids it.
    @usableFromInline @inline(never) mutating func grow(by added: Int) -> Bool {
        guard !hasOverflowed, added <= limit - end else {
            hasOverflowed = true
            room = 0
            return false
        }
        let newSize = min(limit, max(blockSize * 2, end + added, 256))
        let block = UnsafeMutableRawPointer.allocate(byteCount: newSize, alignment: 16)
        unsafe block.copyMemory(from: base, byteCount: end)
        unsafe base.deallocate()
        unsafe base = block
        blockSize = newSize
        room = newSize
        return true
    }

    /// A copy whose common sizes are a few loads and stores that overlap, without a call.
    @inlinable @inline(__always) static func copy(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
    ) {
        if byteCount > 32 {
            unsafe target.copyMemory(from: source, byteCount: byteCount)
        } else if byteCount >= 16 {
            unsafe copyEnds(SIMD16<UInt8>.self, source, to: target, byteCount: byteCount)
        } else if byteCount >= 8 {
            unsafe copyEnds(UInt64.self, source, to: target, byteCount: byteCount)
        } else if byteCount >= 4 {
            unsafe copyEnds(UInt32.self, source, to: target, byteCount: byteCount)
        } else if byteCount >= 2 {
            unsafe copyEnds(UInt16.self, source, to: target, byteCount: byteCount)
        } else if byteCount == 1 {
            unsafe copyEnds(UInt8.self, source, to: target, byteCount: byteCount)
        }
    }

    /// Copies the first and the last `Word` of between one and two words.
    @inlinable @inline(__always) static func copyEnds<Word: BitwiseCopyable>(
        _ type: Word.Type, _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
        byteCount: Int
    ) {
        let last = byteCount &- MemoryLayout<Word>.size
        let head = unsafe source.loadUnaligned(as: Word.self)
        let tail = unsafe source.loadUnaligned(fromByteOffset: last, as: Word.self)
        unsafe target.storeBytes(of: head, as: Word.self)
        unsafe target.storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }
}
