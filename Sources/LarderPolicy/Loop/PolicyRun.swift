/// A policy that runs over a trace, whichever it is: what `PolicyName` makes. Not thread-safe.
///
/// Made of closures: the compiler makes those for each policy anew, so that nothing is looked up
/// per request. Methods of a generic class would not be, and took twice as long.
public struct PolicyRun {
    /// Looks keys up one after the other, and admits those that are missing.
    ///
    /// - Complexity: Amortised O(requests).
    public let run: (Span<Access>) -> Void
    /// What came of it so far.
    public let tally: () -> PolicyTally

    init<P: Policy & ~Copyable>(_ policy: consuming P, capacity: PolicyCapacity) {
        var loop = PolicyLoop(policy, capacity: capacity)
        run = { loop.run($0) }
        tally = { loop.tally }
    }
}

/// What came of running a policy.
public struct PolicyTally: Hashable, Sendable {
    /// Number of requests.
    public var requestCount = 0
    /// How many of them found nothing.
    public var missCount = 0
    /// Bytes of the requests that found nothing.
    public var missedBytes = 0
    /// Entries that were evicted, those not counted that were never let in.
    public var evictionCount = 0
    /// Bytes of memory held, the policy's included.
    public var storageBytes = 0
}
