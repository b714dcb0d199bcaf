public import LarderCore
public import LarderResilience

/// Leases of clients that load by themselves: who holds one may set its key.
///
/// The shell of `LeaseTable`, with a mark in memory for each lease: what a holder sets is stored
/// only if nothing has happened to the key since the lease was given. Whoever hears that a key
/// under a mark has changed calls `review`. Any thread may call it; no call waits. Bounded by the
/// table's bounds.
public final class LeaseDesk<Memory: LeaseMemory, Observer: LeaseObserver>: Sendable {
    /// Leases of keys, and who waits for them.
    public typealias Table = LeaseTable<Key, Observer.Waiter>
    /// What a holder has.
    public typealias Grant = LeaseGrant<Memory.Mark>

    /// What becomes of who wants a lease.
    public enum Answer: Sendable {
        /// Load, and set with this token.
        case granted(Table.Lease)
        /// A wake will come.
        case waits(Table.WaiterID)
        /// Another holds it, and the request does not wait.
        case taken
        /// It is there by now: read it.
        case held
        /// Too many wait.
        case refused
    }

    struct Standing {
        let lease: UInt64
        let grant: Grant
    }

    struct State {
        var table: Table
        /// What those have who were given leases. Some of leases that are over, until there are as
        /// many of them as of the others.
        var standings: [Key: Standing] = [:]
        var random: SeededRandom
        var alarm = Alarm()
    }

    private let state: Guarded<State>
    private let memory: Memory
    private let observer: Observer
    private let clock: ShellClock

    /// A desk without leases.
    ///
    /// - Throws: `OutOfBounds`.
    public init(
        _ bounds: Table.Bounds = .init(), memory: Memory, observer: Observer, seed: UInt64,
        clock: ShellClock = .monotonic
    ) throws(OutOfBounds) {
        state = Guarded(State(table: try Table(bounds), random: SeededRandom(seed: seed)))
        self.memory = memory
        self.observer = observer
        self.clock = clock
    }

    deinit {
        state.withLock { state in
            for standing in state.standings.values { memory.end(standing.grant.mark) }
        }
    }

    /// What it has and has done.
    public var counts: LeaseCounts { state.withLock { $0.counts } }

    /// Keys that are followed.
    var standingCount: Int { state.withLock { $0.standings.count } }

    /// Somebody has missed a key and wants to load it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - waiter: Who is told, if another has the lease.
    ///   - duration: How long the lease is to last.
    ///   - wait: How long the waiter waits at most; nil: not at all.
    /// - Returns: What becomes of it.
    public func acquire(
        _ key: Key, for waiter: Observer.Waiter, duration: Duration, waiting wait: Duration?
    ) -> Answer {
        let now = clock.now()
        let answer = run { state, _ -> Answer in
            if wait == nil, !state.table.isFree(key, at: now) { return .taken }
            let request = Table.Request(
                waiter, for: duration, waitingUntil: now.advanced(by: wait ?? .zero))
            return Answer(state.table.acquire(key, request, at: now, using: &state.random))
        }
        if case .granted(let lease) = answer { follow(key, lease) }
        // What was set before the key was followed is seen here; what is set after it, is told.
        guard memory.holds(key) else { return answer }
        switch answer {
        case .granted, .held: noteSet(key)
        case .waits(let id):
            // Already woken: the wake is on its way, and says the same.
            guard cancel(id) else { return answer }
        case .taken, .refused: break
        }
        return .held
    }

    /// Stores what the holder of a lease has loaded, by `fill`, which asks memory whether its mark
    /// is current. For a key with levels below it is to be called between the `beginWrite` and the
    /// `endWrite` of the key's source.
    ///
    /// - Returns: What `fill` says, if it was asked.
    public func set<Outcome>(
        _ key: Key, by lease: UInt64, _ fill: (Grant) -> Outcome
    ) -> Result<Outcome, LeaseLoss> {
        let now = clock.now()
        let (grant, isHeld) = state.withLock { state in
            let standing = state.standings[key]
            return (
                standing?.lease == lease ? standing?.grant : nil,
                state.table.isHeld(key, by: lease, at: now)
            )
        }
        guard let grant else { return .failure(.ended) }
        guard isHeld else {
            return .failure(memory.isCurrent(grant.mark) ? .ended : .outdated)
        }
        let outcome = fill(grant)
        // Stored or not, this holder is done. Who waits reads, or is the next to load.
        if memory.holds(key) { noteSet(key) } else { _ = giveUp(key, by: lease) }
        return .success(outcome)
    }

    /// Extends a lease to `duration` from now; nil if it is over.
    public func renew(_ key: Key, by lease: UInt64, for duration: Duration) -> Table.Lease? {
        let now = clock.now()
        return run { state, _ in
            state.table.renew(key, by: lease, for: duration, at: now)
        }
    }

    /// The holder will not load. False if it held nothing.
    @discardableResult
    public func giveUp(_ key: Key, by lease: UInt64) -> Bool {
        let now = clock.now()
        return run { state, wakes in
            state.table.cancel(
                key, by: lease, at: now, wakes: &wakes, using: &state.random)
        }
    }

    /// Whether a lease holds.
    public func isHeld(_ key: Key, by lease: UInt64) -> Bool {
        let now = clock.now()
        return state.withLock { $0.table.isHeld(key, by: lease, at: now) }
    }

    /// A waiter is gone. False if it was woken before.
    @discardableResult
    public func cancel(_ waiter: Table.WaiterID) -> Bool {
        run { state, _ in state.table.cancelWaiter(waiter) != nil }
    }

    /// Something has happened to these keys, or to any of all when it is nil: those who wait for
    /// one that is there now read it; a holder of one that was deleted or banned has read what may
    /// be older, and the next one loads. To be called after memory has the change, while no part of
    /// memory is locked.
    ///
    /// - Complexity: O(n log n) for n keys, or all that are followed.
    public func review(_ keys: [Key]? = nil) {
        for key in keys ?? state.withLock({ Array($0.standings.keys) }) {
            guard let standing = state.withLock({ $0.standings[key] }) else { continue }
            if memory.holds(key) {
                noteSet(key)
            } else if !memory.isCurrent(standing.grant.mark) {
                giveUp(key, by: standing.lease)
            }
        }
    }

    private func noteSet(_ key: Key) {
        run { state, wakes in state.table.noteSet(key, wakes: &wakes) }
    }

    /// Follows the key of a lease that was just given.
    private func follow(_ key: Key, _ lease: Table.Lease) {
        let grant = Grant(mark: memory.mark(key), since: clock.now())
        let old = state.withLock { state -> Memory.Mark? in
            guard state.table.isHeld(key, by: lease.token, at: grant.since) else {
                return grant.mark
            }
            return state.standings.updateValue(
                Standing(lease: lease.token, grant: grant), forKey: key)?.grant.mark
        }
        if let old { memory.end(old) }
    }

    @discardableResult
    private func run<Result>(
        _ body: (inout State, inout [Table.Wake]) -> Result
    ) -> Result {
        var wakes: [Table.Wake] = []
        let result = change(&wakes, body)
        deliver(wakes)
        return result
    }

    /// Changes the table, and sets the timer. Those in `wakes` are to be told.
    private func change<Result>(
        _ wakes: inout [Table.Wake], _ body: (inout State, inout [Table.Wake]) -> Result
    ) -> Result {
        var forgotten: [Memory.Mark] = []
        let now = clock.now()
        let (result, wake) = state.withLock { state in
            let result = body(&state, &wakes)
            state.forget(at: now, &forgotten)
            let next = state.table.nextDeadline
            return (result, state.alarm.isToStart(for: next) ? next : nil)
        }
        for mark in forgotten { memory.end(mark) }
        if let wake { self.wake(at: wake) }
        return result
    }

    /// New holders load what they read from now on.
    private func deliver(_ first: [Table.Wake]) {
        var wakes = first
        while !wakes.isEmpty {
            for case .granted(_, let key, let lease) in wakes {
                follow(key, lease)
                if memory.holds(key) { noteSet(key) }
            }
            let lost = observer.woken(wakes)
            wakes = []
            for case .granted(_, let key, let lease) in lost {
                let now = clock.now()
                _ = change(&wakes) { state, wakes in
                    state.table.cancel(
                        key, by: lease.token, at: now, wakes: &wakes, using: &state.random)
                }
            }
        }
    }

    private func wake(at time: Tick) {
        let clock = clock
        Task(name: "lease timer", executorPreference: WorkerExecutor.shared) { [weak self] in
            await clock.wait(time)
            self?.expire()
        }
    }

    private func expire() {
        let now = clock.now()
        run { state, wakes in
            state.table.expire(at: now, wakes: &wakes, using: &state.random)
            state.alarm.fired(at: now)
        }
    }
}

extension LeaseDesk.State {
    fileprivate var counts: LeaseCounts {
        var counts = LeaseCounts()
        (counts.leases, counts.waiters) = (table.leaseCount, table.waiterCount)
        (counts.granted, counts.expired) = (table.grantedCount, table.expiredCount)
        (counts.refused, counts.waiterBytes) = (table.refusedCount, table.waiterBytes)
        return counts
    }

    /// Forgets standings of leases that are over, when they are more than the others.
    fileprivate mutating func forget(at now: Tick, _ forgotten: inout [Memory.Mark]) {
        guard standings.count > 2 * table.leaseCount + 16 else { return }
        for (key, standing) in standings
        where !table.isHeld(key, by: standing.lease, at: now) {
            forgotten.append(standing.grant.mark)
            standings[key] = nil
        }
    }
}

extension LeaseDesk.Answer {
    fileprivate init(_ answer: LeaseDesk.Table.Answer) {
        self =
            switch answer {
            case .granted(let lease): .granted(lease)
            case .wait(let id): .waits(id)
            case .refused: .refused
            }
    }
}
