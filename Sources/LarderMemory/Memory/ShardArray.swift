/// The shards of a store, each behind its lock, in one block of memory.
///
/// Safety: the state of a shard is reached only through `withLock`, `tryWithLock`, or between
/// `lock` and `unlock` of a set that contains it.
@safe final class ShardArray: @unchecked Sendable {
    private struct Cell: ~Copyable {
        let lock = ShardLock()
        /// Keeps the lock's cache line apart from the counters that its holder writes.
        let padding = InlineArray<7, UInt64>(repeating: 0)
        var state: ShardState
    }

    private let cells: UnsafeMutablePointer<Cell>
    let count: Int

    init(count: Int, _ make: (Int) -> ShardState) {
        self.count = count
        unsafe cells = .allocate(capacity: count)
        for number in 0..<count {
            unsafe (cells + number).initialize(to: Cell(state: make(number)))
        }
    }

    deinit {
        unsafe cells.deinitialize(count: count)
        unsafe cells.deallocate()
    }

    /// The number of the shard that holds the keys with this hash.
    @inline(__always)
    func number(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> 8) & (count - 1)
    }

    @inline(__always)
    func withLock<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R {
        let cell = unsafe cells + number
        unsafe cell.pointee.lock.lock()
        defer { unsafe cell.pointee.lock.unlock() }
        return unsafe body(&cell.pointee.state)
    }

    /// Like `withLock`, but `nil` at once when another thread is in, or this one.
    func tryWithLock<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R? {
        let cell = unsafe cells + number
        guard unsafe cell.pointee.lock.tryLock() else { return nil }
        defer { unsafe cell.pointee.lock.unlock() }
        return unsafe body(&cell.pointee.state)
    }

    /// Locks all shards of a set, in ascending order.
    func lock(_ set: ShardSet) {
        for number in set { unsafe cells[number].lock.lock() }
    }

    func unlock(_ set: ShardSet) {
        for number in set { unsafe cells[number].lock.unlock() }
    }

    /// The state of a shard whose lock the caller holds by `lock`.
    func withState<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R {
        unsafe body(&cells[number].state)
    }
}

/// A set of shards, to be locked together.
public struct ShardSet: Sequence, Sendable, Hashable {
    private(set) var bits: UInt64

    /// A set of none.
    public init() {
        bits = 0
    }

    init(all count: Int) {
        bits = count == 64 ? .max : 1 << UInt64(count) - 1
    }

    mutating func insert(_ number: Int) {
        bits |= 1 << UInt64(number)
    }

    func contains(_ number: Int) -> Bool {
        bits & 1 << UInt64(number) != 0
    }

    /// The numbers of the shards, ascending.
    public struct Iterator: IteratorProtocol {
        var bits: UInt64

        /// The next higher number.
        public mutating func next() -> Int? {
            guard bits != 0 else { return nil }
            defer { bits &= bits - 1 }
            return bits.trailingZeroBitCount
        }
    }

    /// Goes through the set in ascending order.
    public func makeIterator() -> Iterator {
        Iterator(bits: bits)
    }
}
