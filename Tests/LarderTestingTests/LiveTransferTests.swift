import Foundation
import LarderTesting
import Testing

/// Transactions against a server that runs already; `Tests/Acceptance/transfers.py` names it.
@Suite struct LiveTransferTests {
    static let environment = ProcessInfo.processInfo.environment
    static let resp = environment["LARDER_TRANSFER_RESP"].flatMap { ServerAddress($0) }
    static let seconds = environment["LARDER_TRANSFER_SECONDS"].flatMap { Int($0) } ?? 10

    @Test(.enabled(if: resp != nil, "needs a server: set LARDER_TRANSFER_RESP to HOST:PORT"))
    func `transfers are linearizable on the server that was given`() throws {
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var (rounds, steps, broken) = (0, 0, 0)
        repeat {
            var load = TransferLoad(resp: try #require(Self.resp))
            load.seed = UInt64(rounds + 1)
            load.clients = 50
            load.accounts = 8
            load.transfersPerClient = 40
            let record = try load.record()
            let verdict = StepChecker().verdict(
                on: record.steps, from: Array(repeating: load.amount, count: load.accounts))
            try #require(verdict.isLinearizable, "round \(rounds): \(verdict)")
            try #require(record.balances.reduce(0, +) == load.sum)
            rounds += 1
            steps += record.steps.count
            broken += record.broken
        } while ContinuousClock.now < deadline
        print("\(rounds) histories, \(steps) steps, \(broken) broken watches")
        #expect(broken > 0, "no watch was broken, so nothing was tested")
    }
}
