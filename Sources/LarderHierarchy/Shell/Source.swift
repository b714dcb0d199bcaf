public import LarderCore

/// One origin with the levels above it: loads what memory misses, each key once.
///
/// The shell of `SourceCore`: it keeps the core behind a lock, asks levels and origin in tasks, and
/// tells observers. Any thread may call it; no call waits.
public final class Source<Memory: SourceMemory, Observer: SourceObserver>: Sendable {
    /// A waiter, for `cancel`.
    public typealias WaitID = SourceCore<Memory.Token, Observer.Waiter>.WaitID
    typealias Core = SourceCore<Memory.Token, Observer.Waiter>
    typealias Action = SourceAction<Memory.Token, Observer.Waiter>

    private struct State {
        var core: Core
        var tasks: [AskID: Task<Void, Never>] = [:]
        /// When a task will call `advance`; nothing is missed as long as it is not late.
        var wakesAt = Tick(nanoseconds: .max)
    }

    private let state: Guarded<State>
    private let memory: Memory
    private let observer: Observer
    private let levels: [any Level]
    private let origins: [any Origin]
    private let clock: @Sendable () -> Tick

    /// A source.
    ///
    /// - Parameters:
    ///   - core: Its decisions.
    ///   - levels: As many as the core's configuration names, in that order.
    ///   - origins: The origin as each binding sees it.
    ///   - memory: Where fills go.
    ///   - observer: Who is told.
    ///   - clock: The time of the core.
    public init(
        _ core: SourceCore<Memory.Token, Observer.Waiter>, levels: [any Level] = [],
        origins: [any Origin], memory: Memory, observer: Observer,
        clock: @escaping @Sendable () -> Tick = { MonotonicClock.now() }
    ) {
        precondition(core.levelCount == levels.count, "A level for each name.")
        precondition(core.bindingCount == origins.count, "An origin for each binding.")
        state = Guarded(State(core: core))
        self.memory = memory
        self.observer = observer
        self.levels = levels
        self.origins = origins
        self.clock = clock
    }

    /// Somebody needs some keys, which memory missed. Those that can be asked for together are.
    ///
    /// - Parameter needs: The keys, where they stood, and who is told of each that `waits`; nobody
    ///   for a refresh.
    /// - Returns: For each need, in order, what becomes of it, and how to cancel it.
    public func need(
        _ needs: [(need: Need<Memory.Token>, waiter: Observer.Waiter?)]
    ) -> [(Joined, WaitID?)] {
        let now = clock()
        var answers: [(Joined, WaitID?)] = []
        answers.reserveCapacity(needs.count)
        run(at: now) { core, actions in
            for (need, waiter) in needs {
                answers.append(
                    core.need(need, for: waiter, at: now) { self.memory.holds(need.key) })
            }
            core.begin(at: now, &actions)
        }
        return answers
    }

    /// A waiter is gone. Its load goes on.
    public func cancel(_ waits: [WaitID]) {
        state.withLock { state in
            for wait in waits { state.core.cancel(wait) }
        }
    }

    /// A key was written or deleted here.
    public func noteWrite(of key: Key) {
        state.withLock { $0.core.noteWrite(of: key) }
    }

    /// What it has done so far.
    public var counts: SourceCounts { state.withLock { $0.core.counts } }

    /// Lets the core decide, then does what it wants.
    private func run(at now: Tick, _ decide: (inout Core, inout [Action]) -> Void) {
        var actions: [Action] = []
        let wake = state.withLock { state -> Tick? in
            decide(&state.core, &actions)
            for case .cancel(let id) in actions { state.tasks[id]?.cancel() }
            guard let next = state.core.nextStep(at: now), next < state.wakesAt else {
                return nil
            }
            state.wakesAt = next
            return next
        }
        if let wake { self.wake(at: wake, from: now) }
        for action in actions { perform(action) }
    }

    private func perform(_ action: Action) {
        switch action {
        case .askLevel(let id, let level, let keys): ask(id, levels[level], keys)
        case .askOrigin(let id, let binding, let keys): ask(id, origins[binding], keys)
        case .cancel: break
        case .fill(let fill):
            let outcome = memory.store(fill)
            let now = clock()
            run(at: now) { core, actions in core.filled(fill.load, outcome, at: now, &actions) }
        case .land(let waiters, let landing): observer.landed(landing, for: waiters)
        case .timeOut(let waiters, let failure): observer.timedOut(waiters, failure)
        }
    }

    private func ask(_ id: AskID, _ level: any Level, _ keys: [Key]) {
        start(id) {
            let answers = await level.getMany(keys)
            self.ended(id) { core, now, actions in
                core.answered(answers, by: id, at: now, &actions)
            }
        }
    }

    private func ask(_ id: AskID, _ origin: any Origin, _ keys: [Key]) {
        start(id) {
            let answers = await origin.load(keys)
            self.ended(id) { core, now, actions in
                core.loaded(answers, by: id, at: now, &actions)
            }
        }
    }

    private func start(_ id: AskID, _ body: @escaping @Sendable () async -> Void) {
        let task = Task(name: "question to \(id)") { await body() }
        state.withLock { state in
            // It may have ended already, or its time may be over.
            if state.core.isAsking(id) { state.tasks[id] = task } else { task.cancel() }
        }
    }

    private func ended(
        _ id: AskID, _ decide: (inout Core, Tick, inout [Action]) -> Void
    ) {
        let now = clock()
        state.withLock { $0.tasks[id] = nil }
        run(at: now) { core, actions in decide(&core, now, &actions) }
    }

    private func wake(at time: Tick, from now: Tick) {
        Task(name: "timer") {
            try? await Task.sleep(for: time.duration(since: now))
            let now = clock()
            run(at: now) { core, actions in core.advance(to: now, &actions) }
            rearm()
        }
    }

    /// The timer has fired: the next one may be later.
    private func rearm() {
        let now = clock()
        let wake = state.withLock { state -> Tick? in
            guard state.wakesAt <= now else { return nil }
            state.wakesAt = state.core.nextStep(at: now) ?? Tick(nanoseconds: .max)
            return state.wakesAt.nanoseconds == .max ? nil : state.wakesAt
        }
        if let wake { self.wake(at: wake, from: now) }
    }
}
