/// The policies that can be chosen by name.
public enum PolicyName: String, CaseIterable, Sendable {
    case fifo, clock, lru, slru
    case twoQueue = "2q"
    case mq, s3fifo
    case clock2QPlus = "clock2q+"
    case sieve
    case arc, lirs, lfu, lfuda
    case belady, beladysize, gdsf, hyperbolic, lhd, wtinylfu

    /// The policy in a cache of `capacity`, empty at first.
    public func makeRun(
        capacity: PolicyCapacity, options: PolicyOptions = PolicyOptions()
    ) -> PolicyRun {
        makeQueues(capacity, options) ?? makeRanking(capacity, options)
    }

    /// The policies of queues; nil for the others.
    private func makeQueues(_ capacity: PolicyCapacity, _ options: PolicyOptions) -> PolicyRun? {
        let slots = capacity.slotCapacity
        switch self {
        case .fifo: return options.makeRun(Fifo(slotCapacity: slots), capacity: capacity)
        case .clock:
            let policy = Clock(slotCapacity: slots, sparedMax: options.sparedMax)
            return options.makeRun(policy, capacity: capacity)
        case .lru: return options.makeRun(Lru(slotCapacity: slots), capacity: capacity)
        case .slru:
            let policy = SegmentedLru(slotCapacity: slots, oversized: options.oversized)
            return options.makeRun(policy, capacity: capacity)
        case .twoQueue:
            let policy = TwoQueue(slotCapacity: slots, oversized: options.oversized)
            return options.makeRun(policy, capacity: capacity)
        case .mq: return options.makeRun(MultiQueue(slotCapacity: slots), capacity: capacity)
        case .arc: return options.makeRun(Arc(slotCapacity: slots), capacity: capacity)
        case .lirs:
            let policy = Lirs(slotCapacity: slots, oversized: options.oversized)
            return options.makeRun(policy, capacity: capacity)
        case .s3fifo:
            let policy = S3Fifo(slotCapacity: slots, oversized: options.oversized)
            return options.makeRun(policy, capacity: capacity)
        case .clock2QPlus:
            let policy = Clock2QPlus(
                slotCapacity: slots, oversized: options.oversized, sparedMax: options.sparedMax)
            return options.makeRun(policy, capacity: capacity)
        case .sieve:
            let policy = Sieve(slotCapacity: slots, sparedMax: options.sparedMax)
            return options.makeRun(policy, capacity: capacity)
        default: return nil
        }
    }

    /// The policies that rank entries.
    private func makeRanking(_ capacity: PolicyCapacity, _ options: PolicyOptions) -> PolicyRun {
        let slots = capacity.slotCapacity
        switch self {
        case .lfu: return options.makeRun(Lfu(slotCapacity: slots), capacity: capacity)
        case .lfuda: return options.makeRun(Lfuda(slotCapacity: slots), capacity: capacity)
        case .gdsf:
            let policy = Gdsf(slotCapacity: slots, objective: options.objective)
            return options.makeRun(policy, capacity: capacity)
        case .hyperbolic:
            let policy = Hyperbolic(slotCapacity: slots, objective: options.objective)
            return options.makeRun(policy, capacity: capacity)
        case .lhd:
            let policy = Lhd(
                slotCapacity: slots, objective: options.objective, seed: options.seed)
            return options.makeRun(policy, capacity: capacity)
        case .belady: return options.makeRun(Belady(slotCapacity: slots), capacity: capacity)
        case .beladysize:
            return options.makeRun(BeladySize(slotCapacity: slots), capacity: capacity)
        case .wtinylfu: return options.makeRun(WTinyLfu(slotCapacity: slots), capacity: capacity)
        default: preconditionFailure("A policy is one of queues or ranks entries.")
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
        var accesses = requests.map { Access(hash: $0.hash, weight: $0.size) }
        if needsFuture { Self.foresee(&accesses) }
        run.run(accesses.span)
        return run.tally().missCount
    }

    /// Whether the policy reads `Access.nextUse`, and so can run over a trace but not in a server.
    public var needsFuture: Bool { self == .belady || self == .beladysize }

    /// Notes in each access the position of the next one to the same key.
    private static func foresee(_ accesses: inout [Access]) {
        var nextUses: [UInt64: UInt64] = [:]
        for position in accesses.indices.reversed() {
            let hash = accesses[position].hash
            let old = nextUses.updateValue(UInt64(position), forKey: hash)
            accesses[position].nextUse = old ?? .max
        }
    }
}

/// What some policies leave to choose.
public struct PolicyOptions: Hashable, Sendable {
    /// What S3-FIFO and others do with an entry that is heavier than their queue for newcomers.
    public var oversized = S3Fifo.OversizedRule.admit
    /// What GDSF, Hyperbolic and LHD save.
    public var objective = Objective.hits
    /// Of what LHD draws.
    public var seed: UInt64 = 1

    /// How many entries CLOCK, Clock2Q+ and SIEVE spare per eviction. Nobody waits for a simulated
    /// eviction, and other simulators have no limit.
    public var sparedMax = Int.max

    /// What the server does, but for the limits that only keep its pauses short.
    public init() {}

    /// What the server does, but for another objective.
    public init(objective: Objective) {
        self.objective = objective
    }

    /// Who is let in, before the policy has a say.
    public var admission = Admission.none

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
