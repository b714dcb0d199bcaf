public import LarderCore
public import LarderResilience
import Synchronization

/// What a lease desk asks of memory. Any thread calls it, and it must not wait.
public protocol LeaseMemory: Sendable {
    /// Where a key stands: moved by each write, delete and ban.
    associatedtype Token: Hashable & Sendable

    /// Where `key` stands now.
    func token(of key: Key) -> Token

    /// Whether there is something to read for `key`, so that nobody need load it.
    func holds(_ key: Key) -> Bool
}

/// Who is told about leases.
public protocol LeaseObserver: Sendable {
    /// Who waits, in 24 bytes or less.
    associatedtype Waiter: Sendable

    /// They are to read the key, load it by the lease they have now, or give up. Called outside of
    /// all locks, on any thread.
    func woken(_ wakes: [LeaseTable<Key, Waiter>.Wake])
}

/// Leases of clients that load by themselves: who holds one may set its key.
///
/// The shell of `LeaseTable`, with memory's generations beside it: what a holder sets is stored
/// only if the key has not moved since the lease was given. Any thread may call it; no call waits.
/// Bounded by the table's bounds.
public final class LeaseDesk<Memory: LeaseMemory, Observer: LeaseObserver>: Sendable {
    /// Leases of keys, and who waits for them.
    public typealias Table = LeaseTable<Key, Observer.Waiter>

    /// What becomes of who wants a lease.
    public enum Answer: Sendable {
        /// Load, and set with this token.
        case granted(Table.Lease)
        /// A wake will come.
        case waits(Table.WaiterID)
        /// It is there by now: read it.
        case held
        /// Too many wait.
        case refused
    }

    fileprivate struct Standing {
        let lease: UInt64
        let token: Memory.Token
    }

    fileprivate struct State {
        var table: Table
        /// Where the keys stood when their leases were given. Some of leases that are over, until
        /// there are as many of them as of the others.
        var standings: [Key: Standing] = [:]
        var random: SeededRandom
        var alarm = Alarm()
    }

    private let state: Guarded<State>
    private let memory: Memory
    private let observer: Observer
    private let clock: ShellClock
    /// Leases held. Lets writers pass without the lock when there are none.
    private let leaseCount = Atomic(0)

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

    /// Leases held, and waiters.
    public var counts: (leases: Int, waiters: Int) {
        state.withLock { ($0.table.leaseCount, $0.table.waiterCount) }
    }

    /// Keys whose generation is remembered.
    var standingCount: Int { state.withLock { $0.standings.count } }

    /// Somebody has missed a key and wants to load it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - token: Where it stood when it was missed. Taken together with the miss.
    ///   - waiter: Who is told, if another has the lease.
    ///   - duration: How long the lease is to last.
    ///   - wait: How long the waiter waits at most.
    /// - Returns: What becomes of it.
    public func acquire(
        _ key: Key, at token: Memory.Token, for waiter: Observer.Waiter, duration: Duration,
        waiting wait: Duration
    ) -> Answer {
        let now = clock.now()
        let request = Table.Request(
            waiter, for: duration, waitingUntil: now.advanced(by: wait))
        let answer = run { state, _ -> Table.Answer in
            let answer = state.table.acquire(key, request, at: now, using: &state.random)
            if case .granted(let lease) = answer {
                state.standings[key] = Standing(lease: lease.token, token: token)
            }
            return answer
        }
        // A set that did not see the lease yet is seen here, and the other way round.
        guard memory.holds(key) else { return Answer(answer) }
        switch answer {
        case .granted(let lease): _ = giveUp(key, by: lease.token)
        case .wait(let id):
            // Already woken: the wake is on its way, and says the same.
            guard cancel(id) else { return .waits(id) }
        case .refused: break
        }
        return .held
    }

    /// Stores what the holder of a lease has loaded, by `fill`, which gets the token that the
    /// key's generation must still have. For a key with levels below it is to be called between the
    /// `beginWrite` and the `endWrite` of the key's source.
    ///
    /// - Returns: Nil if `lease` does not hold the key; else what `fill` says.
    public func set<Outcome>(
        _ key: Key, by lease: UInt64, _ fill: (Memory.Token) -> Outcome
    ) -> Outcome? {
        let now = clock.now()
        let token = state.withLock { state -> Memory.Token? in
            guard state.table.isHeld(key, by: lease, at: now),
                let standing = state.standings[key], standing.lease == lease
            else { return nil }
            return standing.token
        }
        guard let token else { return nil }
        let outcome = fill(token)
        // Stored or not, this holder is done. Who waits reads, or is the next to load.
        if memory.holds(key) { noteSet(key) } else { _ = giveUp(key, by: lease) }
        return outcome
    }

    /// Extends a lease to `duration` from now; nil if it is over.
    public func renew(_ key: Key, by lease: UInt64, for duration: Duration) -> Table.Lease? {
        let now = clock.now()
        return run { state, _ in
            state.table.renew(key, by: lease, for: duration, at: now)
        }
    }

    /// The holder will not load. False if it held nothing.
    public func giveUp(_ key: Key, by lease: UInt64) -> Bool {
        let now = clock.now()
        return run { state, wakes in
            state.table.cancel(
                key, by: lease, at: now, wakes: &wakes, using: &state.random)
        }
    }

    /// A waiter is gone. False if it was woken before.
    @discardableResult
    public func cancel(_ waiter: Table.WaiterID) -> Bool {
        run { state, _ in state.table.cancelWaiter(waiter) != nil }
    }

    /// A key was set, by whomever: those who wait read it. To be called after memory has it.
    public func noteSet(_ key: Key) {
        guard hasLeases else { return }
        run { state, wakes in state.table.noteSet(key, wakes: &wakes) }
    }

    /// A key was deleted or banned: its holder has read what may be older. To be called after
    /// memory has done so.
    public func noteDelete(_ key: Key) {
        guard hasLeases else { return }
        let now = clock.now()
        run { state, wakes in
            state.table.noteDelete(key, at: now, wakes: &wakes, using: &state.random)
        }
    }

    /// Together with the look at memory in `acquire`: one of two who come at once sees the other.
    private var hasLeases: Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return leaseCount.load(ordering: .relaxed) > 0
    }

    @discardableResult
    private func run<Result>(
        _ body: (inout State, inout [Table.Wake]) -> Result
    ) -> Result {
        var wakes: [Table.Wake] = []
        let (result, wake) = state.withLock { state in
            let result = body(&state, &wakes)
            leaseCount.store(state.table.leaseCount, ordering: .relaxed)
            state.forget(at: clock.now())
            let next = state.table.nextDeadline
            return (result, state.alarm.isToStart(for: next) ? next : nil)
        }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if let wake { self.wake(at: wake) }
        if !wakes.isEmpty { deliver(wakes) }
        return result
    }

    /// New holders load what they read from now on.
    private func deliver(_ wakes: [Table.Wake]) {
        for case .granted(_, let key, let lease) in wakes {
            let token = memory.token(of: key)
            state.withLock { state in
                guard state.table.isHeld(key, by: lease.token, at: clock.now()) else { return }
                state.standings[key] = Standing(lease: lease.token, token: token)
            }
        }
        observer.woken(wakes)
    }

    private func wake(at time: Tick) {
        Task(name: "lease timer", executorPreference: WorkerExecutor.shared) { [self] in
            await clock.wait(time)
            let now = clock.now()
            run { state, wakes in
                state.table.expire(at: now, wakes: &wakes, using: &state.random)
                state.alarm.fired(at: now)
            }
        }
    }
}

extension LeaseDesk.State {
    /// Forgets standings of leases that are over, when they are more than the others.
    fileprivate mutating func forget(at now: Tick) {
        guard standings.count > 2 * table.leaseCount + 16 else { return }
        standings = standings.filter { table.isHeld($0.key, by: $0.value.lease, at: now) }
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
