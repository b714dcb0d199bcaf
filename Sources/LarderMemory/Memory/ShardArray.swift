import LarderCore

/// The shards of a store, each behind its lock, in one block of memory.
///
/// Safety: the state of a shard is reached only through `withLock`, `tryWithLock`, or between
/// `lock` and `unlock` of a set that contains it.
@safe final class ShardArray: @unchecked Sendable {
    /// A lock in a cache line of its own.
    private struct Door: ~Copyable {
        let lock = SpinLock()
        let padding = InlineArray<15, UInt32>(repeating: 0)
    }

    /// Apart from the states: who waits for a lock does not touch what its holder changes.
    private let doors: UnsafeMutablePointer<Door>
    private let states: UnsafeMutablePointer<ShardState>
    let count: Int

    init(count: Int, _ make: (Int) -> ShardState) {
        self.count = count
        unsafe doors = .allocate(capacity: count)
        unsafe states = .allocate(capacity: count)
        for number in 0..<count {
            unsafe (doors + number).initialize(to: Door())
            unsafe (states + number).initialize(to: make(number))
        }
    }

    deinit {
        unsafe states.deinitialize(count: count)
        unsafe states.deallocate()
        unsafe doors.deinitialize(count: count)
        unsafe doors.deallocate()
    }

    /// The number of the shard that holds the keys with this hash.
    @inline(__always)
    func number(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> 8) & (count - 1)
    }

    @inline(__always)
    func withLock<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R {
        let isTaken = unsafe doors[number].lock.lock()
        defer { if isTaken { unsafe doors[number].lock.unlock() } }
        return unsafe body(&states[number])
    }

    /// Like `withLock`, but `nil` at once when another thread is in, or this one.
    func tryWithLock<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R? {
        guard unsafe doors[number].lock.tryLock() else { return nil }
        defer { unsafe doors[number].lock.unlock() }
        return unsafe body(&states[number])
    }

    /// Locks all shards of a set, in ascending order.
    ///
    /// - Returns: Those to be unlocked: all but the ones that this thread holds for a transaction.
    func lock(_ set: ShardSet) -> ShardSet {
        var taken = ShardSet()
        for number in set where unsafe doors[number].lock.lock() { taken.insert(number) }
        return taken
    }

    /// Locks a set for a transaction: until `endTransaction`, this thread may lock them again.
    func beginTransaction(_ set: ShardSet) {
        let taken = lock(set)
        precondition(taken == set, "A transaction does not begin within another.")
        for number in set { unsafe doors[number].lock.beginTransaction() }
    }

    /// Lets this thread pass again the locks of `set`, which `lock` has just taken for it.
    func beginReentry(_ set: ShardSet) {
        for number in set { unsafe doors[number].lock.beginTransaction() }
    }

    func endReentry(_ set: ShardSet) {
        for number in set { unsafe doors[number].lock.endTransaction() }
    }

    func endTransaction(_ set: ShardSet) {
        for number in set { unsafe doors[number].lock.endTransaction() }
        unlock(set)
    }

    func unlock(_ set: ShardSet) {
        for number in set { unsafe doors[number].lock.unlock() }
    }

    /// The state of a shard whose lock the caller holds by `lock`.
    func withState<R>(_ number: Int, _ body: (inout ShardState) -> R) -> R {
        unsafe body(&states[number])
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

    /// Adds all shards of another set.
    public mutating func formUnion(_ other: ShardSet) {
        bits |= other.bits
    }

    func contains(_ number: Int) -> Bool {
        bits & 1 << UInt64(number) != 0
    }

    /// Whether it has one shard only.
    public var isSingle: Bool { bits != 0 && bits & (bits - 1) == 0 }

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
