import Synchronization

/// The one byte budget of a store, from which everything it holds is reserved before it is taken.
///
/// Any thread may call it. Counters are relaxed: each reservation is one atomic addition, and
/// nothing else is published through it.
public final class PageBudget: Sendable {
    private let usedBytes = Atomic<Int>(0)
    private let peakBytes = Atomic<Int>(0)
    private let limitBytes: Atomic<Int>
    private let refusals = Atomic<Int>(0)

    init(limit: Int) {
        limitBytes = Atomic(limit)
    }

    /// Bytes reserved now.
    public var used: Int { usedBytes.load(ordering: .relaxed) }
    /// The most that was ever reserved.
    public var peak: Int { peakBytes.load(ordering: .relaxed) }
    /// Bytes that may be reserved.
    public var limit: Int { limitBytes.load(ordering: .relaxed) }
    /// Bytes left.
    public var available: Int { limit - used }
    /// How often a reservation was refused.
    public var refusalCount: Int { refusals.load(ordering: .relaxed) }

    func setLimit(_ limit: Int) {
        limitBytes.store(limit, ordering: .relaxed)
    }

    /// Takes `byteCount` if the budget has them.
    ///
    /// - Complexity: O(1).
    func reserve(_ byteCount: Int) -> Bool {
        let limit = limitBytes.load(ordering: .relaxed)
        var current = usedBytes.load(ordering: .relaxed)
        while true {
            guard current + byteCount <= limit else {
                refusals.add(1, ordering: .relaxed)
                return false
            }
            let (exchanged, original) = usedBytes.weakCompareExchange(
                expected: current, desired: current + byteCount, ordering: .relaxed)
            if exchanged { break }
            current = original
        }
        precondition(current + byteCount <= limit, "Accounted bytes never exceed the limit.")
        notePeak(current + byteCount)
        return true
    }

    /// Gives back what `reserve` took.
    ///
    /// - Complexity: O(1).
    func release(_ byteCount: Int) {
        usedBytes.subtract(byteCount, ordering: .relaxed)
    }

    private func notePeak(_ used: Int) {
        var peak = peakBytes.load(ordering: .relaxed)
        while used > peak {
            let (exchanged, original) = peakBytes.weakCompareExchange(
                expected: peak, desired: used, ordering: .relaxed)
            if exchanged { return }
            peak = original
        }
    }
}
