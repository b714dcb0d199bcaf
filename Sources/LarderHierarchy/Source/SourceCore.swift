public import LarderCore
public import LarderResilience

/// Decides all about the loads of one source: who joins whom, which level is asked, when the origin
/// may be asked, what is stored, who is told.
///
/// A value without clock, lock or I/O (docs/decisions/0017): requests, answers and times go in,
/// `SourceAction`s come out. The shell holds it behind a lock and does the actions outside. It is
/// also what the simulation runs.
///
///     need ─▶ memory once more ─▶ level 0 … level n ─▶ gate ─▶ origin ─▶ fill ─▶ land
///                                  absent, failed,      breaker, limit,
///                                  late or stale: on    retries
///
/// The order at the end is what keeps two loads of one generation from happening: memory has the
/// value before the flight leaves the table, and who starts a flight looks into memory once more.
public struct SourceCore<Token: Hashable & Sendable, Waiter: Sendable>: Sendable {
    /// What one load is shared by.
    @usableFromInline struct Generation: Hashable, Sendable {
        @usableFromInline let token: Token
        /// Not 0 for a load that is nobody else's: its key cannot be stored.
        @usableFromInline let solitary: UInt64

        @inlinable init(token: Token, solitary: UInt64) {
            self.token = token
            self.solitary = solitary
        }
    }

    @usableFromInline typealias Flights = FlightTable<Key, Generation, Waiter>

    /// A waiter, for `cancel`.
    public struct WaitID: Hashable, Sendable, BitwiseCopyable {
        @usableFromInline let waiter: FlightTable<Key, Generation, Waiter>.WaiterID

        @inlinable init(_ waiter: FlightTable<Key, Generation, Waiter>.WaiterID) {
            self.waiter = waiter
        }
    }

    @usableFromInline let configuration: SourceConfiguration
    @usableFromInline var flights: Flights
    var loads = Pool<Load<Token, Flights.FlightID>>()
    var batches = Pool<Batch>()
    /// Writes, and loads past memory.
    var errands = Pool<Errand>()
    /// Of batches: when their question, or their rest, is over.
    var deadlines = DeadlineHeap()
    var gate: LoadGate<AskID>
    /// Its part of what all sources may load at once; `nil` for no limit.
    let budget: MissBudgetShare?
    var breaker: CircuitBreaker
    var retries: RetryBudget
    var levels: [LevelState] = []
    /// Keys being written, and those that loads are under way for.
    var marks = WriteMarks()
    var recentBans = RecentBans()
    /// Keys whose loads failed, and which are not tried again at once.
    var failures = RefreshBackoff<Key>()
    /// Keys that cannot be stored.
    var unstorable = HitForMiss<Key>()
    /// Keys that were found in a level once, where a second time is asked for.
    var seenOnce = HitForMiss<Key>()
    var random: SeededRandom
    /// The last batch of each binding that still waits, so that others may join it.
    var openBatches: [AskID?]
    /// Loads that `need` started and `begin` is to send on their way.
    @usableFromInline var begun: [LoadID] = []
    private var solitaryCount: UInt64 = 0
    /// What happened so far.
    @inlinable public var counts: SourceCounts { counted }
    @usableFromInline var counted = SourceCounts()

    /// A source that has loaded nothing.
    ///
    /// - Throws: `OutOfBounds`.
    public init(
        _ configuration: SourceConfiguration, limits: SourceLimits = .init(), seed: UInt64,
        at now: Tick, budget: MissBudgetShare? = nil
    ) throws(OutOfBounds) {
        self.configuration = configuration
        self.budget = budget
        flights = try Flights(limits.waiting)
        gate = LoadGate(
            limit: try ConcurrencyLimit(limits.concurrency, at: now),
            queue: try LoadQueue(limits.queue), slowStart: SlowStart(at: now))
        breaker = try CircuitBreaker(limits.breaker, at: now)
        retries = try RetryBudget(limits.retries, at: now)
        try OutOfBounds.check("levels", configuration.levels.count, in: 0...32)
        for _ in configuration.levels {
            levels.append(
                try LevelState(limits.levelBreaker, limits.levelWrites, at: now))
        }
        random = SeededRandom(seed: seed)
        openBatches = Array(repeating: nil, count: configuration.rules.count)
    }

    /// Waiters, and loads, that there are now.
    public var waiterCount: Int { flights.waiterCount }
    /// Bytes that the storage of waiters holds.
    public var waiterBytes: Int { flights.waiterBytes }
    /// Loads under way.
    public var loadCount: Int { loads.count }

    /// Whether nobody is asked, nobody has a place or waits for one, and all is written.
    var isIdle: Bool {
        batches.count == 0 && errands.count == 0 && deadlines.count == 0 && gate.limit.inFlight == 0
            && gate.queue.count == 0 && levels.allSatisfy(\.writes.isIdle)
    }

    /// Levels that it asks.
    public var levelCount: Int { configuration.levels.count }
    /// Bindings that it has rules for.
    public var bindingCount: Int { configuration.rules.count }

    /// Whether the answer to `ask` would count.
    func isAsking(_ ask: AskID) -> Bool {
        switch batches.element(ask.ticket)?.stage {
        case .asked, .late: true
        case .queues, .rests, nil: false
        }
    }

    /// Somebody needs a key. `begin(at:_:)` is to be called after the last of its needs.
    ///
    /// - Parameters:
    ///   - need: The key, and where it stood.
    ///   - waiter: Who is told; `nil` for a refresh.
    ///   - now: The time.
    ///   - isHeld: Whether memory has the key by now. Asked only if a load would start.
    /// - Returns: What becomes of it, and how to cancel the wait.
    /// - Complexity: O(log waiters).
    @inlinable public mutating func need(
        _ need: Need<Token>, for waiter: Waiter?, at now: Tick, ifNot isHeld: () -> Bool
    ) -> (Joined, WaitID?) {
        let rules = configuration.rules[need.binding]
        let deadlines = LoadDeadlines(start: now, soft: rules.loadLimit, hard: rules.loadLimit)
        let number = mayBeSolitary ? solitary(need.key, at: now) : 0
        let generation = Generation(token: need.token, solitary: number)
        let entrance: Flights.Entrance
        if let waiter {
            let until = deadlines.waiterEnd(at: now, limit: rules.waitLimit)
            entrance = flights.enter(need.key, generation, waiter, until: until)
        } else {
            entrance = flights.enter(need.key, generation)
        }
        switch entrance {
        case .refused:
            return (refused(), nil)
        case .joined(_, let wait):
            counted.joined += 1
            if waiter != nil { counted.waited += 1 }
            return (.waits, wait.map { WaitID($0) })
        case .started(let flight, let wait):
            if let end = start(need, flight, deadlines, at: now, ifNot: isHeld) {
                return (end, nil)
            }
            if waiter != nil { counted.waited += 1 }
            return (.waits, wait.map { WaitID($0) })
        }
    }

    /// Starts a load, or says why it does not start.
    @usableFromInline mutating func start(
        _ need: Need<Token>, _ flight: Flights.FlightID, _ deadlines: LoadDeadlines,
        at now: Tick, ifNot isHeld: () -> Bool
    ) -> Joined? {
        if let end = hindrance(need.key, isHeld: isHeld, at: now) {
            var nobody: [Waiter] = []
            _ = flights.land(flight, waiters: &nobody)
            return end
        }
        let load = Load(
            need: need, flight: flight, deadlines: deadlines, begin: now,
            standing: marks.beginLoad(of: need.key))
        begun.append(LoadID(ticket: loads.insert(load)))
        counted.started += 1
        return nil
    }

    @usableFromInline mutating func refused() -> Joined {
        counted.refused += 1
        return .failed(failure(.overloaded, "too many wait"))
    }

    /// Why a load does not start.
    private mutating func hindrance(
        _ key: Key, isHeld: () -> Bool, at now: Tick
    ) -> Joined? {
        if isHeld() { return .held }
        guard failures.mayTry(key, at: now) else {
            counted.postponed += 1
            return .failed(failure(.refused, "a load of this key has just failed"))
        }
        return nil
    }

    /// Whether there are keys that cannot be stored.
    @usableFromInline var mayBeSolitary: Bool { unstorable.count > 0 }

    @usableFromInline mutating func solitary(_ key: Key, at now: Tick) -> UInt64 {
        guard unstorable.contains(key, at: now) else { return 0 }
        solitaryCount += 1
        return solitaryCount
    }

    /// Whether `begin` has loads to send on their way.
    @inlinable var hasBegun: Bool { !begun.isEmpty }
    /// When the first of those who wait gives up.
    @inlinable var nextWaiterEnd: Tick? { flights.nextDeadline }

    /// Sends the loads on their way that were started since the last call.
    public mutating func begin(at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]) {
        let started = begun
        begun.removeAll(keepingCapacity: true)
        guard !started.isEmpty else { return }
        // What is fresh is in the levels too: only the origin has something newer.
        let refreshes = Set(started.filter { loads.element($0.ticket)?.need.refreshed != nil })
        ask(level: 0, started.filter { !refreshes.contains($0) }, at: now, &actions)
        ask(level: levels.count, started.filter(refreshes.contains), at: now, &actions)
    }

    /// A waiter is gone. Its load goes on.
    ///
    /// - Complexity: O(log waiters).
    public mutating func cancel(_ wait: WaitID) {
        if flights.cancel(wait.waiter) != nil { counted.cancelled += 1 }
    }

    func failure(_ cause: SourceFailure.Cause, _ detail: String = "") -> SourceFailure {
        SourceFailure(source: configuration.name, cause: cause, detail: detail)
    }
}
