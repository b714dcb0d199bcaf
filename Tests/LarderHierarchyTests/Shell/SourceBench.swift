import LarderCore
import LarderTesting

@testable import LarderHierarchy

/// A source with a memory, an origin whose answers a test holds back, and one who waits.
final class SourceBench: Sendable {
    /// What those who wait were told, by waiter.
    final class Inbox: SourceObserver {
        private let told = Guarded<[Int: Landing.Outcome]>([:])
        let tally = Tally()

        func landed(_ landing: Landing, for waiters: [Int]) { note(landing.outcome, waiters) }

        func timedOut(_ waiters: [Int], _ failure: SourceFailure) {
            note(.failed(failure), waiters)
        }

        private func note(_ outcome: Landing.Outcome, _ waiters: [Int]) {
            told.withLock { told in for waiter in waiters { told[waiter] = outcome } }
            tally.add(waiters.count)
        }

        subscript(waiter: Int) -> Landing.Outcome? { told.withLock { $0[waiter] } }
        var outcomes: [Landing.Outcome] { told.withLock { Array($0.values) } }
    }

    let time = ManualTime()
    let memory: TestMemory
    let origin = HeldOrigin()
    let inbox = Inbox()
    let source: Source<TestMemory, Inbox>

    init(
        levels: [any Level] = [], budget: MissBudgetShare? = nil,
        _ change: (inout SourceRules) -> Void = { _ in }
    ) throws {
        memory = TestMemory(time)
        var rules = SourceRules()
        rules.ttl = .seconds(60)
        rules.staleIfError = .seconds(60)
        rules.jitter = Ratio(millionths: 0)
        rules.namespace = "all"
        change(&rules)
        var configuration = SourceConfiguration(name: "catalog", rules: [rules])
        configuration.levels = levels.map(\.name)
        configuration.timeout = .seconds(20)
        let core = try SourceCore<Int, Int>(configuration, seed: 1, at: time.now, budget: budget)
        source = Source(
            core, levels: levels, origins: [origin], memory: memory, observer: inbox,
            clock: time.clock)
    }

    @discardableResult
    func need(
        _ key: Key, for waiter: Int?, validator: Validator? = nil
    ) -> (Joined, Source<TestMemory, Inbox>.WaitID?) {
        let need = Need(key, at: memory.token(of: key), binding: 0, validator: validator)
        return source.need([(need, waiter)])[0]
    }

    /// A client deletes a key.
    func delete(_ key: Key) {
        let write = source.beginWrite(of: [key])
        memory.write(key, nil)
        source.endWrite(write)
    }
}

/// An origin that answers when it is told to, by what it was when it was asked.
final class HeldOrigin: Origin {
    private struct State {
        var answers: [Key: LoadOutcome] = [:]
        var requests: [LoadRequest] = []
        var scopes: [Ban.Scope] = []
        var isOpen = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let name = "catalog"
    private let state = Guarded(State())
    /// Keys that it was asked for.
    let asked = Tally()

    var requests: [LoadRequest] { state.withLock { $0.requests } }
    /// What it heard of.
    var scopes: [Ban.Scope] { state.withLock { $0.scopes } }

    func answer(_ key: Key, with outcome: LoadOutcome) {
        state.withLock { $0.answers[key] = outcome }
    }

    /// Answers all questions so far, and all others at once.
    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        let outcomes = state.withLock { state in
            state.requests += requests
            return requests.map { state.answers[$0.key] ?? .absent }
        }
        asked.add(requests.count)
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.held.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        return outcomes
    }

    func write(_ entries: [Entry]) async -> [WriteOutcome] { entries.map { _ in .applied } }
    func remove(_ keys: [Key]) async -> [WriteOutcome] { keys.map { _ in .applied } }
    func invalidated(_ scope: Ban.Scope) { state.withLock { $0.scopes.append(scope) } }
}

/// A level that never answers, until it is not asked any more.
final class HungLevel: Level {
    let name = "disk"
    let asked = Tally()

    func getMany(_ keys: [Key]) async -> [Lookup<Entry>] {
        asked.add()
        let (stream, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        return keys.map { _ in .absent }
    }

    func putMany(_ entries: [Entry]) async throws(SourceFailure) {}
    func removeMany(_ keys: [Key]) async throws(SourceFailure) {}
    func ban(_ ban: Ban) async throws(SourceFailure) {}
}
