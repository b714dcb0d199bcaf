import LarderMemory
import LarderTesting
import Testing

/// Transactions of concurrent clients, judged over all keys at once.
@Suite(.serialized, .onOwnThread) struct TransferTests {
    private func verdict(
        seed: UInt64, fault: TransferLoad.Fault? = nil
    ) throws -> (StepVerdict, TransferRecord, TransferLoad) {
        let fixture = try ServerFixture()
        var load = TransferLoad(resp: fixture.resp)
        (load.seed, load.fault) = (seed, fault)
        let record = try load.record()
        let start = Array(repeating: load.amount, count: load.accounts)
        #expect(fixture.store.watchedCount == 0, "a watch was left behind")
        return (StepChecker().verdict(on: record.steps, from: start), record, load)
    }

    @Test(arguments: UInt64(1)...3)
    func `WATCH, MULTI and EXEC are linearizable over all keys`(seed: UInt64) throws {
        let (verdict, record, load) = try verdict(seed: seed)
        #expect(verdict.isLinearizable, "\(verdict)")
        #expect(record.balances.reduce(0, +) == load.sum)
        #expect(record.broken > 0, "no watch was broken, so nothing was tested")
    }

    @Test(arguments: TransferLoad.Fault.allCases)
    func `a planted bug is found`(fault: TransferLoad.Fault) throws {
        let (verdict, _, _) = try verdict(seed: 1, fault: fault)
        guard case .violation = verdict else {
            Issue.record("the planted bug went unnoticed: \(verdict)")
            return
        }
    }
}
