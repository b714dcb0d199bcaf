import Foundation
import LarderTesting
import Testing

/// The checker against a server that runs already; `Tests/Acceptance/histories.py` names it.
@Suite struct LiveHistoryTests {
    static let environment = ProcessInfo.processInfo.environment
    static let resp = environment["LARDER_HISTORY_RESP"].flatMap { ServerAddress($0) }
    static let text = environment["LARDER_HISTORY_TEXT"].flatMap { ServerAddress($0) }
    static let seconds = environment["LARDER_HISTORY_SECONDS"].flatMap { Int($0) } ?? 10
    static let evicts = environment["LARDER_HISTORY_EVICTS"] == "1"

    @Test(
        .enabled(
            if: resp != nil || text != nil,
            "needs a server: set LARDER_HISTORY_RESP or LARDER_HISTORY_TEXT to HOST:PORT"))
    func `finds nothing wrong with the server that it was given`() throws {
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var (rounds, operations, replyless) = (0, 0, 0)
        var sawEviction = false
        repeat {
            let load = Self.load(round: rounds)
            let history = try load.record()
            let verdict = try HistoryChecker(evicts: Self.evicts).verdict(on: history)
            try #require(verdict.isLinearizable, "round \(rounds): \(verdict)")
            if Self.evicts, !sawEviction {
                sawEviction = try !HistoryChecker().verdict(on: history).isLinearizable
            }
            rounds += 1
            operations += history.count
            replyless += history.count { $0.outcome == .unknown }
        } while ContinuousClock.now < deadline
        print("\(rounds) histories, \(operations) operations, \(replyless) without a reply")
        #expect(replyless == 0)
        #expect(sawEviction == Self.evicts, "nothing was evicted, so eviction was not tested")
    }

    /// Every other round is as fast as it goes; the rest leave time for entries to expire.
    private static func load(round: Int) -> HistoryLoad {
        var load = HistoryLoad(resp: resp, text: text)
        load.seed = UInt64(round + 1)
        load.spread = round.isMultiple(of: 2) ? nil : .seconds(4)
        if evicts { load.filler = HistoryLoad.Filler() }
        load.expectedErrors = ["OOM", "SERVER_ERROR out of memory"]
        return load
    }
}
