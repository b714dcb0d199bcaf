import LarderCore
import LarderTesting

@testable import LarderHierarchy

/// A source with a memory, an origin whose answers a test holds back, and one who waits.
final class SourceBench: Sendable {
    /// What those who wait were told, by waiter.
    final class Inbox: SourceObserver {
        private let told = Guarded<[Int: Landing.Outcome]>([:])
        private let passed = Guarded<[Int: LoadOutcome]>([:])
        let tally = Tally()

        func landed(_ landing: Landing, for waiters: [Int]) { note(landing.outcome, waiters) }

        func timedOut(_ waiters: [Int], _ failure: SourceFailure) {
            note(.failed(failure), waiters)
        }

        func bypassed(_ waiter: Int, _ outcome: LoadOutcome) {
            passed.withLock { $0[waiter] = outcome }
            tally.add()
        }

        /// What was told past memory.
        func passed(_ waiter: Int) -> LoadOutcome? { passed.withLock { $0[waiter] } }

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
        limits: SourceLimits = .init(), _ change: (inout SourceRules) -> Void = { _ in }
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
        let core = try SourceCore<Int, Int>(
            configuration, limits: limits, seed: 1, at: time.now, budget: budget)
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

    /// What a write of a value, or of none, comes to.
    func write(_ key: Key, _ value: UInt8?, isKept: Bool = true) -> Task<WriteOutcome, Never> {
        let entry = value.map { Entry(key: key, value: [$0], created: time.now) }
        let change = OriginChange(key, entry, isKept: isKept)
        return Task { await source.write(change, binding: 0) }
    }

    /// A client deletes a key.
    func delete(_ key: Key) {
        let write = source.beginWrite(of: [key])
        memory.write(key, nil)
        source.endWrite(write)
    }
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
