public import Synchronization

/// A counter that many threads raise without sharing a cache line.
///
/// Each thread adds to a stripe of its own, which costs an uncontended atomic addition (about
/// 5 ns); reading adds the stripes up. Orderings are relaxed: a count says nothing about other
/// memory.
public struct ShardedCounter: ~Copyable, Sendable {
    /// One per loop up to 16 loops, then shared. 1 KiB per counter.
    public static var stripeCount: Int { 16 }

    /// Filled up to a cache line.
    @usableFromInline struct Stripe: ~Copyable, Sendable {
        @usableFromInline let value = Atomic<Int>(0)
        private let padding: InlineArray<7, Int> = InlineArray(repeating: 0)
    }

    @usableFromInline let stripes: InlineArray<16, Stripe>

    /// A counter at 0.
    public init() {
        stripes = InlineArray { _ in Stripe() }
    }

    /// Adds `amount` on behalf of the thread with number `stripe`; any number will do.
    ///
    /// - Complexity: O(1). Any thread.
    @inlinable public func add(_ amount: Int, stripe: Int) {
        stripes[stripe & (Self.stripeCount - 1)].value.wrappingAdd(amount, ordering: .relaxed)
    }

    /// What was added so far. What other threads add meanwhile may or may not be in it.
    ///
    /// - Complexity: O(`stripeCount`). Any thread.
    public var sum: Int {
        var sum = 0
        for index in 0..<Self.stripeCount {
            sum += stripes[index].value.load(ordering: .relaxed)
        }
        return sum
    }
}
