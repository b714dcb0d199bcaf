/// The policies that can be chosen by name.
public enum PolicyName: String, CaseIterable, Sendable {
    case fifo, lru, s3fifo, wtinylfu

    /// The policy in a cache of `capacity`, empty at first.
    public func makeRun(
        capacity: PolicyCapacity, options: PolicyOptions = PolicyOptions()
    ) -> PolicyRun {
        let slots = capacity.slotCapacity
        switch self {
        case .fifo: return PolicyRun(Fifo(slotCapacity: slots), capacity: capacity)
        case .lru: return PolicyRun(Lru(slotCapacity: slots), capacity: capacity)
        case .wtinylfu:
            return PolicyRun(WTinyLfu(slotCapacity: slots), capacity: capacity)
        case .s3fifo:
            let policy = S3Fifo(slotCapacity: slots, oversized: options.oversized)
            return PolicyRun(policy, capacity: capacity)
        }
    }

    /// How many of `requests` miss under this policy in a cache of `capacity`, empty at first.
    ///
    /// - Complexity: O(requests).
    public func missCount(
        capacity: PolicyCapacity, options: PolicyOptions = PolicyOptions(),
        requests: some Sequence<(hash: UInt64, size: UInt32)>
    ) -> Int {
        let run = makeRun(capacity: capacity, options: options)
        let accesses = requests.map { Access(hash: $0.hash, weight: $0.size) }
        run.run(accesses.span)
        return run.tally().missCount
    }
}

/// What some policies leave to choose.
public struct PolicyOptions: Hashable, Sendable {
    /// What S3-FIFO does with an entry that is heavier than its small queue.
    public var oversized = S3Fifo.OversizedRule.admit

    /// What the server does.
    public init() {}
}
