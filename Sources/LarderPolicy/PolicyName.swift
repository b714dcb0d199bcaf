/// The policies that can be chosen by name.
public enum PolicyName: String, CaseIterable, Sendable {
    case fifo, lru, s3fifo, wtinylfu

    /// The policy in a cache of `capacity`, empty at first.
    public func makeRun(
        capacity: PolicyCapacity, options: PolicyOptions = PolicyOptions()
    ) -> PolicyRun {
        let slots = capacity.slotCapacity
        switch self {
        case .fifo: return options.makeRun(Fifo(slotCapacity: slots), capacity: capacity)
        case .lru: return options.makeRun(Lru(slotCapacity: slots), capacity: capacity)
        case .s3fifo:
            let policy = S3Fifo(slotCapacity: slots, oversized: options.oversized)
            return options.makeRun(policy, capacity: capacity)
        case .wtinylfu: return options.makeRun(WTinyLfu(slotCapacity: slots), capacity: capacity)
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

    /// Who is let in, before the policy has a say.
    public var admission = Admission.none

    /// What the server does.
    public init() {}

    /// The admission filters that can be chosen by name.
    public enum Admission: String, CaseIterable, Sendable {
        /// Everybody.
        case none
        /// Who was asked for more often than those who would have to leave: `TinyLfuFilter`.
        case tinylfu
        /// Small entries rather than large ones, by as much as pays: `SizeFilter`.
        case size
        /// Who comes for the second time: `SecondHitFilter`.
        case secondHit = "second-hit"
    }
}

extension PolicyOptions {
    /// `policy`, which must be empty, behind the filter that was chosen.
    func makeRun<P: Policy & ~Copyable>(
        _ policy: consuming P, capacity: PolicyCapacity
    ) -> PolicyRun {
        let slots = capacity.slotCapacity
        switch admission {
        case .none:
            return PolicyRun(policy, capacity: capacity)
        case .tinylfu:
            let admitting = Admitting<TinyLfuFilter, P>(policy, slotCapacity: slots)
            return PolicyRun(admitting, capacity: capacity)
        case .size:
            let admitting = Admitting<SizeFilter, P>(policy, slotCapacity: slots)
            return PolicyRun(admitting, capacity: capacity)
        case .secondHit:
            let admitting = Admitting<SecondHitFilter, P>(policy, slotCapacity: slots)
            return PolicyRun(admitting, capacity: capacity)
        }
    }
}
