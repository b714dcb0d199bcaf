/// Bytes on their way to a client: one buffer per loop, filled by many replies, sent as one.
///
/// It never moves, since the address range up to `limit` is reserved at the start; so growth copies
/// nothing, and a send that is still queued may point into it. Between the bytes it may hold
/// references to large values, which are sent from where they lie.
///
/// What would exceed `limit` is left out, with all that follows, and `isOverflowed` says so: what
/// is held is always a beginning of what was appended.
@safe public struct OutputBuffer: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Bytes that are there from the start, and the size from which `isFull` holds.
    public let capacity: Int
    /// The largest `count`.
    public let limit: Int
    /// Bytes of the values referred to.
    public private(set) var referencedBytes = 0
    /// Whether something was left out for lack of room.
    public private(set) var isOverflowed = false
    /// Bytes that may be used: those committed, or none once something was left out.
    @usableFromInline var usable: Int
    private var committed: Int
    @usableFromInline var filled = 0
    private var references: [OutputReference] = []

    /// An empty buffer that holds `capacity` bytes at once and at most `limit`.
    ///
    /// - Complexity: Two system calls; memory is supplied when it is first touched.
    public init(capacity: Int, limit: Int = 1 << 30) {
        self.capacity = PageMemory.roundedUp(max(capacity, 1))
        self.limit = max(PageMemory.roundedUp(limit), self.capacity)
        unsafe base = PageMemory.reserve(byteCount: self.limit)
        unsafe PageMemory.commit(base, byteCount: self.capacity)
        committed = self.capacity
        usable = self.capacity
    }

    deinit {
        unsafe PageMemory.release(base, byteCount: limit)
    }

    /// Number of plain bytes held; references are not counted.
    @inlinable public var count: Int { filled }

    /// Whether the writer should stop between two replies, so that this much is sent first.
    @inlinable public var isFull: Bool { count + referencedBytes >= capacity }

    /// Whether there is nothing to send.
    @inlinable public var isEmpty: Bool { count == 0 && referencedBytes == 0 }

    /// Makes room for `byteCount` more bytes. False when `limit` does not allow it.
    ///
    /// - Complexity: O(1), rarely one system call.
    @discardableResult
    @inlinable public mutating func reserve(_ byteCount: Int) -> Bool {
        if byteCount <= usable - count { return true }
        return grow(by: byteCount)
    }

    /// - Complexity: O(bytes). Allocates nothing.
    @inlinable public mutating func append(_ bytes: RawSpan) {
        let added = bytes.byteCount
        guard reserve(added) else { return overflow() }
        let end = unsafe base + count
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe Self.copy(start, to: end, byteCount: added)
        }
        filled += added
    }

    /// - Complexity: O(1). Allocates nothing.
    @inlinable public mutating func append(_ byte: UInt8) {
        guard reserve(1) else { return overflow() }
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        filled += 1
    }

    /// - Complexity: O(bytes of the text). Allocates nothing.
    @inlinable public mutating func append(_ text: StaticString) {
        guard reserve(text.utf8CodeUnitCount) else { return overflow() }
        unsafe (base + count).copyMemory(
            from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        filled += text.utf8CodeUnitCount
    }

    /// Appends all of `value` as a reference.
    ///
    /// - Complexity: O(1), amortized.
    public mutating func append(shared value: any SharedBytes) {
        let bytes = value.byteCount
        guard bytes > 0 else { return }
        references.append(OutputReference(position: count, value: value))
        referencedBytes += bytes
    }

    /// Calls `body` with the plain bytes.
    @inlinable public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
        return try body(bytes)
    }

    /// Forgets everything, and gives memory beyond `capacity` back to the system.
    ///
    /// - Complexity: O(references), rarely one system call.
    @inlinable public mutating func removeAll() {
        if count > capacity || referencedBytes > 0 || isOverflowed { reset() }
        filled = 0
    }

    /// Takes back what was appended after there were `newCount` plain bytes. References that stand
    /// at `newCount` itself stay. Nothing counts as left out any more.
    ///
    /// - Complexity: O(references).
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "A buffer is only cut shorter.")
        filled = newCount
        (isOverflowed, usable) = (false, committed)
        while let last = references.last, last.position > newCount {
            referencedBytes -= last.value.byteCount
            references.removeLast()
        }
    }

    /// Hands the references over, in order of position; their bytes are no longer counted here.
    public mutating func takeReferences() -> [OutputReference] {
        referencedBytes = 0
        defer { references = [] }
        return references
    }

    /// Gives every reference another position, in order.
    mutating func moveReferences(_ newPosition: (Int) -> Int) {
        for index in references.indices {
            let old = references[index]
            references[index] = OutputReference(
                position: newPosition(old.position), value: old.value)
        }
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

    @usableFromInline mutating func overflow() {
        isOverflowed = true
        usable = 0
    }

    /// Doubles, so that a reply written in small pieces costs few system calls.
    @usableFromInline mutating func grow(by byteCount: Int) -> Bool {
        guard !isOverflowed, byteCount <= limit - count else { return false }
        let wanted = min(limit, PageMemory.roundedUp(max(count + byteCount, committed * 2)))
        unsafe PageMemory.commit(base + committed, byteCount: wanted - committed)
        committed = wanted
        usable = wanted
        return true
    }

    @usableFromInline mutating func reset() {
        if count > capacity {
            unsafe PageMemory.discard(base + capacity, byteCount: committed - capacity)
        }
        references.removeAll(keepingCapacity: true)
        referencedBytes = 0
        (isOverflowed, usable) = (false, committed)
    }
}

/// A large value that stands behind the first `position` plain bytes of an `OutputBuffer`.
public struct OutputReference: Sendable {
    /// Plain bytes that go before it.
    public let position: Int
    /// The value, sent whole.
    public let value: any SharedBytes
}
