import Synchronization

/// Counters that one thread writes and any reads.
///
/// Safety: the memory is allocated once and lives as long as the object; every access is atomic.
/// Relaxed: each is a number on its own, and with one writer an addition is a load and a store.
@safe final class CounterArray: Sendable {
    private nonisolated(unsafe) let base: UnsafeMutablePointer<Atomic<UInt64>>
    let count: Int

    init(count: Int) {
        self.count = count
        unsafe base = .allocate(capacity: count)
        for index in 0..<count { unsafe (base + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    /// Counts one more, and tells how many that makes. Only the writing thread.
    @discardableResult
    func add(_ index: Int, _ difference: UInt64 = 1) -> UInt64 {
        precondition(index >= 0 && index < count, "A counter exists.")
        let sum = unsafe base[index].load(ordering: .relaxed) &+ difference
        unsafe base[index].store(sum, ordering: .relaxed)
        return sum
    }

    subscript(index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "A counter exists.")
        return unsafe base[index].load(ordering: .relaxed)
    }
}
