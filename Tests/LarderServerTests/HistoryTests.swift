import LarderAssembly
import LarderMemory
import LarderTesting
import Testing

/// Histories of concurrent clients, judged key by key.
@Suite(.serialized, .onOwnThread) struct HistoryTests {
    /// What half of the connections speak.
    enum Speech: CaseIterable {
        case resp, both
    }

    @Test(arguments: Speech.allCases, UInt64(1)...3)
    func `P1: per key, the server is linearizable`(speech: Speech, seed: UInt64) throws {
        let fixture = try ServerFixture()
        var load = Self.load(speech, fixture)
        load.seed = seed
        load.operationsPerClient = 1_000
        let history = try load.record()
        #expect(history.count == 8_000)
        let verdict = try HistoryChecker().verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
        #expect(history.contains { $0.outcome == .absent }, "nothing was ever absent")
        try fixture.store.checkInvariants()
    }

    @Test(arguments: Speech.allCases)
    func `P1: per key, the server is linearizable while entries expire`(speech: Speech) throws {
        let fixture = try ServerFixture()
        var load = Self.load(speech, fixture)
        load.operationsPerClient = 500
        load.lifetimeShare = 0.6
        // Leaves the entries time to expire between the operations on them.
        load.spread = .milliseconds(1_500)
        let verdict = try HistoryChecker().verdict(on: load.record())
        #expect(verdict.isLinearizable, "\(verdict)")
    }

    @Test(arguments: Speech.allCases)
    func `P1: per key, the server is linearizable while it evicts`(speech: Speech) throws {
        let fixture = try ServerFixture { $0.memory.limit = .bytes(4 << 20) }
        var load = Self.load(speech, fixture)
        load.operationsPerClient = 1_000
        load.filler = HistoryLoad.Filler()
        let history = try load.record()
        let verdict = try HistoryChecker(evicts: true).verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
        #expect(
            fixture.store.statistics.evictions > 0, "nothing was evicted, so nothing was tested")
        try fixture.store.checkInvariants()
    }

    @Test(arguments: Speech.allCases, FaultyProxy.Fault.allCases)
    func `P1: a planted bug is found`(speech: Speech, fault: FaultyProxy.Fault) throws {
        // A lost write may be overwritten before anybody reads: the schedule decides whether one
        // history shows the bug. Five do.
        for seed: UInt64 in 1...5 {
            let fixture = try ServerFixture()
            let proxy = FaultyProxy(to: fixture.resp, fault: fault, seed: seed)
            let history = try proxy.serve { address throws(SocketFault) in
                var load = HistoryLoad(
                    resp: address, text: speech == .both ? fixture.memcached : nil)
                load.operationsPerClient = 1_000
                return try load.record()
            }
            if case .violation = try HistoryChecker().verdict(on: history) { return }
        }
        Issue.record("the planted bug went unnoticed in five histories")
    }

    private static func load(_ speech: Speech, _ fixture: ServerFixture) -> HistoryLoad {
        HistoryLoad(resp: fixture.resp, text: speech == .both ? fixture.memcached : nil)
    }
}
