public import LarderCore

/// One origin with the levels above it: loads what memory misses, each key once.
///
/// The shell of `SourceCore`: it keeps the core behind a lock, asks levels and origin in tasks, and
/// tells observers. Any thread may call it; no call waits.
public final class Source<Memory: SourceMemory, Observer: SourceObserver>: Sendable {
    /// A waiter, for `cancel`.
    public typealias WaitID = SourceCore<Memory.Token, Observer.Waiter>.WaitID
    /// A write under way, for `endWrite`.
    public typealias WriteID = SourceCore<Memory.Token, Observer.Waiter>.WriteID
    @usableFromInline typealias Core = SourceCore<Memory.Token, Observer.Waiter>
    @usableFromInline typealias Action = SourceAction<Memory.Token, Observer.Waiter>

    @usableFromInline struct State {
        @usableFromInline var core: Core
        var tasks: [AskID: Task<Void, Never>] = [:]
        @usableFromInline var alarm = Alarm()
        /// Those who wait for the end of their writes, by number.
        var writers: [UInt64: CheckedContinuation<WriteOutcome, Never>] = [:]
        var lastWriter: UInt64 = 0
    }

    @usableFromInline let state: Guarded<State>
    @usableFromInline let memory: Memory
    private let observer: Observer
    private let levels: [any Level]
    let origins: [any Origin]
    @usableFromInline let clock: ShellClock
    private let budget: SharedMissBudget?

    /// A source.
    ///
    /// - Parameters:
    ///   - core: Its decisions.
    ///   - levels: As many as the core's configuration names, in that order.
    ///   - origins: The origin as each binding sees it.
    ///   - memory: Where fills go.
    ///   - observer: Who is told.
    ///   - clock: Its time, and the core's.
    public init(
        _ core: SourceCore<Memory.Token, Observer.Waiter>, levels: [any Level] = [],
        origins: [any Origin], memory: Memory, observer: Observer,
        clock: ShellClock = .monotonic
    ) {
        precondition(core.levelCount == levels.count, "A level for each name.")
        precondition(core.bindingCount == origins.count, "An origin for each binding.")
        state = Guarded(State(core: core))
        self.memory = memory
        self.observer = observer
        self.levels = levels
        self.origins = origins
        self.clock = clock
        budget = core.budget?.budget
        if let share = core.budget {
            share.budget.onRoom(for: share.origin) { [weak self] in self?.advance() }
        }
    }

    /// Somebody needs some keys, which memory missed. Those that can be asked for together are.
    ///
    /// Inlinable, as what it calls for who joins a load: 366 ns of CPU time a waiter in a release
    /// build, and 2,442 without. (`swift run -c release larder-flights`)
    ///
    /// - Parameter needs: The keys, where they stood, and who is told of each that `waits`; nobody
    ///   for a refresh.
    /// - Returns: For each need, in order, what becomes of it, and how to cancel it.
    @inlinable public func need(
        _ needs: [(need: Need<Memory.Token>, waiter: Observer.Waiter?)]
    ) -> [(Joined, WaitID?)] {
        let now = clock.now()
        var answers: [(Joined, WaitID?)] = []
        answers.reserveCapacity(needs.count)
        var hasBegun = false
        state.withLock { state in
            for (need, waiter) in needs {
                answers.append(
                    state.core.need(need, for: waiter, at: now) { self.memory.holds(need) })
            }
            // Who joins a load changes nothing but when the first of them gives up.
            hasBegun = state.core.hasBegun || state.alarm.isBehind(state.core.nextWaiterEnd)
        }
        if hasBegun { begin(at: now) }
        return answers
    }

    /// Sends new loads on their way, and sets the timer.
    @usableFromInline func begin(at now: Tick) {
        run(at: now) { core, actions in core.begin(at: now, &actions) }
    }

    /// A waiter is gone. Its load goes on.
    public func cancel(_ waits: [WaitID]) {
        state.withLock { state in
            for wait in waits { state.core.cancel(wait) }
        }
    }

    /// Keys are about to be written or deleted, in memory or in the origin: levels are not believed
    /// for them before `endWrite`, and drop them.
    ///
    /// - Parameters:
    ///   - keys: They.
    ///   - binding: Place of their rules. The origin hears that they have changed, before memory
    ///     does: what is loaded next must not come from a replica that is behind.
    /// - Returns: For `endWrite`.
    public func beginWrite(of keys: [Key], binding: Int? = nil) -> WriteID {
        if let binding {
            for key in keys { origins[binding].invalidated(.key(key)) }
        }
        guard !levels.isEmpty else { return .unmarked(keys) }
        let now = clock.now()
        return run(at: now) { core, actions in core.beginWrite(of: keys, at: now, &actions) }
    }

    /// They were, and memory's generations have moved. To be called before the write is
    /// acknowledged.
    public func endWrite(_ write: WriteID) {
        state.withLock { $0.core.endWrite(write) }
    }

    /// All matching entries that were loaded before the ban's time are to die, or grow stale, in
    /// the levels; the origin hears of it. To be called before memory is told, and that before the
    /// ban is acknowledged.
    ///
    /// - Parameters:
    ///   - ban: It.
    ///   - binding: Place of the rules of all that it means, if one has all.
    public func ban(_ ban: Ban, binding: Int? = nil) {
        // First: a load that begins after the ban must not ask a replica that is behind.
        if let binding {
            origins[binding].invalidated(ban.scope)
        } else {
            for origin in origins { origin.invalidated(ban.scope) }
        }
        let now = clock.now()
        run(at: now) { core, actions in core.ban(ban, at: now, &actions) }
    }

    /// How it is now.
    public var status: SourceStatus { state.withLock { $0.core.status } }

    /// What it has done so far.
    public var counts: SourceCounts { state.withLock { $0.core.counts } }

    /// Lets the core decide, then does what it wants.
    @discardableResult
    func run<Result>(
        at now: Tick, _ decide: (inout Core, inout [Action]) -> Result
    ) -> Result {
        var actions: [Action] = []
        var cancelled: [Task<Void, Never>] = []
        let (result, wake) = state.withLock { state in
            let result = decide(&state.core, &actions)
            for case .cancel(let id) in actions {
                if let task = state.tasks.removeValue(forKey: id) { cancelled.append(task) }
            }
            let next = state.core.nextStep(at: now)
            return (result, state.alarm.isToStart(for: next) ? next : nil)
        }
        if let wake { self.wake(at: wake) }
        for task in cancelled { task.cancel() }
        for action in actions { perform(action) }
        budget?.wakeWaiting()
        return result
    }

    /// Time has passed, or there is room in the budget.
    private func advance() {
        let now = clock.now()
        run(at: now) { core, actions in core.advance(to: now, &actions) }
    }

    private func wake(at time: Tick) {
        Task(name: "timer", executorPreference: WorkerExecutor.shared) { [self] in
            await clock.wait(time)
            let now = clock.now()
            run(at: now) { core, actions in core.advance(to: now, &actions) }
            // The next timer may be later than this one was.
            state.withLock { $0.alarm.fired(at: now) }
            run(at: now) { _, _ in }
        }
    }

    private func perform(_ action: Action) {
        switch action {
        case .askLevel(let id, let level, let keys):
            let level = levels[level]
            start(id) {
                let answers = await level.getMany(keys)
                return { $0.answered(answers, by: id, at: $1, &$2) }
            }
        case .askOrigin(let id, let binding, let requests):
            let origin = origins[binding]
            start(id) {
                let answers = await origin.load(requests)
                return { $0.loaded(answers, by: id, at: $1, &$2) }
            }
        case .writeOrigin(let id, let binding, let change):
            let token = memory.announceWrite(of: change.key)
            let origin = origins[binding]
            start(id) {
                let outcome = await origin.outcome(of: change)
                return { $0.written(outcome, since: token, by: id, at: $1, &$2) }
            }
        case .settle(let settlement): settle(settlement)
        case .finish(let writer, let outcome):
            state.withLock { $0.writers.removeValue(forKey: writer) }?.resume(returning: outcome)
        case .bypassed(let waiter, let outcome): observer.bypassed(waiter, outcome)
        case .write(let id, let level, let change):
            let level = levels[level]
            start(id) {
                let failure = await level.failure(of: change)
                return { $0.wrote(failure, by: id, at: $1, &$2) }
            }
        case .cancel: break
        case .fill(let fill):
            let outcome = memory.store(fill)
            let now = clock.now()
            run(at: now) { core, actions in core.filled(fill.load, outcome, at: now, &actions) }
        case .land(let waiters, let landing): observer.landed(landing, for: waiters)
        case .timeOut(let waiters, let failure): observer.timedOut(waiters, failure)
        }
    }

    /// Tells the core what came of a question.
    private typealias Report = (inout Core, Tick, inout [Action]) -> Void

    private func start(_ id: AskID, _ question: @escaping @Sendable () async -> Report) {
        let task = Task(name: "to \(id)", executorPreference: WorkerExecutor.shared) { [self] in
            let report = await question()
            let now = clock.now()
            state.withLock { $0.tasks[id] = nil }
            run(at: now) { core, actions in report(&core, now, &actions) }
        }
        let isLate = state.withLock { state in
            // It may have ended already, or its time may be over.
            guard state.core.isAsking(id) else { return true }
            state.tasks[id] = task
            return false
        }
        if isLate { task.cancel() }
    }
}

extension Level {
    /// Writes a change, and returns why it failed if it did.
    fileprivate func failure(of change: LevelChange) async -> SourceFailure? {
        do throws(SourceFailure) {
            switch change {
            case .put(let entries): try await putMany(entries)
            case .remove(let keys): try await removeMany(keys)
            case .ban(let ban): try await self.ban(ban)
            }
            return nil
        } catch {
            return error
        }
    }
}
