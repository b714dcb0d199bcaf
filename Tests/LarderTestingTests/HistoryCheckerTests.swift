import LarderCore
import LarderTesting
import Testing

@Suite struct HistoryCheckerTests {
    @Test(arguments: UInt64(0)..<300)
    func `accepts what a correct server did`(seed: UInt64) throws {
        let history = SimulatedHistory(keys: Int(1 + seed % 3)).operations(seed: seed)
        let verdict = try HistoryChecker().verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
    }

    @Test(arguments: UInt64(0)..<150)
    func `accepts what a correct server did that evicts and loses replies`(seed: UInt64) throws {
        let simulation = SimulatedHistory(evictionShare: 0.05, lossShare: 0.03)
        let history = simulation.operations(seed: seed)
        let verdict = try HistoryChecker(evicts: true).verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
    }

    @Test(arguments: Bug.allCases, UInt64(0)..<12)
    func `rejects what a wrong server did`(bug: Bug, seed: UInt64) throws {
        let simulation = SimulatedHistory(
            clients: 4, keys: 6, operationsPerClient: 500, bug: bug)
        let verdict = try HistoryChecker().verdict(on: simulation.operations(seed: seed))
        guard case .violation(let counterexample) = verdict else {
            Issue.record("\(bug) was not noticed: \(verdict)")
            return
        }
        #expect(counterexample.operations.count <= 40, "\(counterexample)")
    }

    /// Eviction excuses absence, nothing else.
    @Test(arguments: [Bug.staleRead, .lostIncrement, .inventedValue, .blindCompareAndSet])
    func `rejects what a wrong server did even where it may evict`(bug: Bug) throws {
        let simulation = SimulatedHistory(
            clients: 4, operationsPerClient: 300, evictionShare: 0.02, bug: bug)
        let verdict = try HistoryChecker(evicts: true).verdict(on: simulation.operations(seed: 1))
        #expect(!verdict.isLinearizable)
    }

    @Test func `rejects evictions where nothing may be evicted`() throws {
        let history = SimulatedHistory(evictionShare: 0.1).operations(seed: 3)
        #expect(try !HistoryChecker(evicts: false).verdict(on: history).isLinearizable)
    }

    @Test(arguments: [false, true])
    func `judges 8 clients of 2,000 operations within two seconds`(evicts: Bool) throws {
        let simulation = SimulatedHistory(
            keys: 4, operationsPerClient: 2_000, evictionShare: evicts ? 0.01 : 0)
        let history = simulation.operations(seed: 1)
        // CPU time, because the machine may be busy with other tests.
        let start = MonotonicClock.threadTime()
        let verdict = try HistoryChecker(evicts: evicts).verdict(on: history)
        #expect(verdict.isLinearizable)
        #expect(MonotonicClock.threadTime() - start < .seconds(2))
    }

    @Test func `says that it cannot tell when there is too much to look at`() throws {
        let history = SimulatedHistory(keys: 1).operations(seed: 1)
        let verdict = try HistoryChecker(configurationMax: 10).verdict(on: history)
        guard case .undecided("key0", operations: 320) = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func `refuses a client that asks again before its reply`() {
        let history = [
            Script.operation(0, .get, .absent, 0, 10), Script.operation(0, .get, .absent, 5, 20),
        ]
        #expect(throws: HistoryFault.overlapping(client: 0, at: Tick(nanoseconds: 5_000))) {
            try HistoryChecker().verdict(on: history)
        }
    }

    @Test func `refuses a reply that precedes its request`() {
        let history = [Script.operation(3, .get, .absent, 10, 9)]
        let fault = HistoryFault.returnsBeforeItsCall(client: 3, at: Tick(nanoseconds: 10_000))
        #expect(throws: fault) { try HistoryChecker().verdict(on: history) }
    }
}
