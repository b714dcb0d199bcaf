import Glibc

/// A growing array that never moves: its whole address range is reserved at the start, and memory
/// is taken from the system only as far as `count` has come.
///
/// So growth copies nothing, a step of growth is one system call, and an access is one addition:
/// no check for shared storage, as `Array` makes before every write, and no table of chunks.
/// Elements start as zero bytes. Bounds are checked. Not `Sendable`: a lock takes it over.
@safe public struct ReservedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// The largest `count` that was reserved.
    public let capacity: Int
    /// Number of elements that exist.
    public private(set) var count = 0
    private var committedBytes = 0

    /// An empty array that may grow to `capacity` elements.
    ///
    /// - Complexity: One system call; takes address space, no memory.
    public init(reserving capacity: Int) {
        precondition(MemoryLayout<Element>.stride <= PageMemory.pageSize, "Elements are small.")
        self.capacity = max(capacity, 1)
        let bytes = self.capacity * MemoryLayout<Element>.stride
        let start = unsafe PageMemory.reserve(byteCount: bytes)
        unsafe base = start.bindMemory(to: Element.self, capacity: self.capacity)
    }

    deinit {
        unsafe PageMemory.release(
            UnsafeMutableRawPointer(base), byteCount: capacity * MemoryLayout<Element>.stride)
    }

    /// The most by which one step of growth by a single element raises `storageBytes`.
    public static var growthBytes: Int { 4 * PageMemory.pageSize }

    /// Bytes of memory that the elements occupy, in whole pages.
    public var storageBytes: Int { committedBytes }

    /// Bytes that growing to `newCount` would add to `storageBytes`. For reserving a budget first.
    ///
    /// - Complexity: O(1).
    public func additionalBytes(forCount newCount: Int) -> Int {
        max(0, Self.bytes(forCount: newCount, capacity: capacity) - committedBytes)
    }

    /// Adds zeroed elements until there are `newCount`, which is at most `capacity`.
    ///
    /// - Complexity: At most one system call.
    public mutating func grow(toCount newCount: Int) {
        precondition(newCount <= capacity, "An array grows within its reservation.")
        guard newCount > count else { return }
        let bytes = Self.bytes(forCount: newCount, capacity: capacity)
        if bytes > committedBytes {
            let start = unsafe UnsafeMutableRawPointer(base) + committedBytes
            unsafe PageMemory.commit(start, byteCount: bytes - committedBytes)
            committedBytes = bytes
        }
        count = newCount
    }

    /// - Complexity: O(1).
    @inlinable public subscript(index: Int) -> Element {
        get {
            check(index)
            return unsafe base[index]
        }
        set {
            check(index)
            unsafe base[index] = newValue
        }
    }

    @inlinable func check(_ index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "An index is in bounds.")
    }

    /// Four pages at a time: growing by single elements is rarely a system call, and many small
    /// arrays waste little.
    private static func bytes(forCount count: Int, capacity: Int) -> Int {
        let step = growthBytes
        let wanted = count * MemoryLayout<Element>.stride
        let most = PageMemory.roundedUp(capacity * MemoryLayout<Element>.stride)
        return min((wanted + step - 1) / step * step, most)
    }
}
