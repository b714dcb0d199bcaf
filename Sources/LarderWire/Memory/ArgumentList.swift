import LarderCore

/// Where the arguments of one request are in the caller's bytes. Reused from request to request.
///
/// Places are kept relative to the start of the request, so that they stay right when the bytes of
/// an unfinished request move to the front of a buffer. Not `Sendable`: a loop owns it.
@safe public struct ArgumentList: ~Copyable {
    /// Eight bytes, so that a cache line holds the arguments of any usual request.
    @usableFromInline struct Place: BitwiseCopyable {
        /// The top bit says that the argument is not in the bytes: it was streamed away.
        @usableFromInline var offset: UInt32
        @usableFromInline var length: UInt32
    }

    @usableFromInline var places: UnsafeMutablePointer<Place>
    @usableFromInline var used = 0
    /// Start of the request in the bytes of the last call to the parser.
    @usableFromInline var base = 0
    private var capacity: Int
    /// The arguments of an inline command, without their quotes and escapes.
    var scratch = OutputBuffer(capacity: 4096, limit: 1 << 20)

    /// An empty list with room for `capacity` arguments. It grows as needed.
    ///
    /// - Complexity: An allocation and two system calls.
    public init(capacity: Int = 16) {
        self.capacity = max(capacity, 1)
        unsafe places = .allocate(capacity: self.capacity)
    }

    deinit {
        unsafe places.deallocate()
    }

    /// Number of arguments.
    @inlinable public var count: Int { used }

    /// Whether there are no arguments.
    @inlinable public var isEmpty: Bool { used == 0 }

    /// Bytes of memory held, for the budget of clients: a request of empty arguments takes more
    /// here than on the wire.
    public var storageBytes: Int {
        capacity * MemoryLayout<Place>.stride + scratch.capacity
    }

    /// Where the argument at `index` is. Empty for an argument that was streamed away.
    ///
    /// - Complexity: O(1).
    @inlinable public subscript(index: Int) -> Range<Int> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: used), "An argument exists.")
        let place = unsafe places[index]
        let start = base &+ Int(place.offset & 0x7FFF_FFFF)
        return unsafe Range(uncheckedBounds: (start, start &+ Int(place.length)))
    }

    /// Whether the argument at `index` was streamed away by `RequestParser.skipLargeArgument`.
    ///
    /// - Complexity: O(1).
    @inlinable public func isStreamed(_ index: Int) -> Bool {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: used), "An argument exists.")
        return unsafe places[index].offset >> 31 == 1
    }

    /// Forgets all arguments. Keeps the memory.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func removeAll() {
        used = 0
    }

    /// Calls `body` with the bytes that the arguments of an inline request are in.
    ///
    /// - Complexity: O(1).
    public borrowing func withInlineBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try scratch.withBytes(body)
    }

    /// The same request, in other bytes, in which it starts at `start`.
    ///
    /// - Complexity: O(1).
    public mutating func move(to start: Int) {
        base = start
    }

    /// Forgets all arguments; the next ones are relative to `start`.
    @inline(__always) mutating func begin(at start: Int) {
        used = 0
        base = start
    }

    /// - Complexity: O(1), amortised. `offset` and `length` are below 2^31.
    @inline(__always) mutating func append(offset: Int, length: Int) {
        if used == capacity { grow() }
        let place = Place(
            offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: length))
        unsafe places[used] = place
        used &+= 1
    }

    /// Forgets all but the first `newCount` arguments.
    mutating func truncate(to newCount: Int) {
        precondition(newCount <= used, "A list is truncated to fewer arguments.")
        used = newCount
    }

    /// Adds an argument whose bytes are elsewhere.
    mutating func appendStreamed(at offset: Int) {
        append(offset: offset, length: 0)
        unsafe places[used - 1].offset |= 1 << 31
    }

    @inline(never) private mutating func grow() {
        let larger = UnsafeMutablePointer<Place>.allocate(capacity: capacity * 2)
        unsafe larger.update(from: places, count: used)
        unsafe places.deallocate()
        unsafe places = larger
        capacity *= 2
    }
}
