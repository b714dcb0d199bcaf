import LarderTesting
import Testing

/// The recorder and the checker against servers known to be right, and the same servers behind a
/// proxy that is wrong now and then.
@Suite(.serialized) struct PeerHistoryTests {
    static let hasRedis = PeerServer.path(of: "redis-server") != nil
    static let hasMemcached = PeerServer.path(of: "memcached") != nil

    @Test(.enabled(if: hasRedis, "needs redis-server: apt-get install redis-server"))
    func `finds nothing wrong with redis`() throws {
        let server = try PeerServer.redis()
        var load = HistoryLoad(resp: server.address)
        load.spread = .seconds(1)
        try Self.expectLinearizable(load)
    }

    @Test(.enabled(if: hasRedis, "needs redis-server: apt-get install redis-server"))
    func `finds nothing wrong with a redis that evicts`() throws {
        let server = try PeerServer.redis([
            "--maxmemory", "2mb", "--maxmemory-policy", "allkeys-random",
        ])
        var load = HistoryLoad(resp: server.address)
        load.filler = HistoryLoad.Filler()
        let history = try load.record()
        let verdict = try HistoryChecker(evicts: true).verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
        #expect(
            try !HistoryChecker(evicts: false).verdict(on: history).isLinearizable,
            "nothing was evicted, so nothing was tested")
    }

    @Test(.enabled(if: hasMemcached, "needs memcached: apt-get install memcached"))
    func `finds nothing wrong with memcached`() throws {
        let server = try PeerServer.memcached()
        var load = HistoryLoad(text: server.address)
        load.spread = .seconds(4)
        load.operationsPerClient = 1_000
        try Self.expectLinearizable(load)
    }

    @Test(
        .enabled(if: hasRedis, "needs redis-server: apt-get install redis-server"),
        arguments: FaultyProxy.Fault.allCases)
    func `finds what a proxy breaks before redis`(fault: FaultyProxy.Fault) throws {
        let server = try PeerServer.redis()
        try Self.expectViolation(FaultyProxy(to: server.address, fault: fault, seed: 1)) {
            HistoryLoad(resp: $0)
        }
    }

    @Test(
        .enabled(if: hasMemcached, "needs memcached: apt-get install memcached"),
        arguments: FaultyProxy.Fault.allCases)
    func `finds what a proxy breaks before memcached`(fault: FaultyProxy.Fault) throws {
        let server = try PeerServer.memcached()
        try Self.expectViolation(FaultyProxy(to: server.address, fault: fault, seed: 1)) {
            HistoryLoad(text: $0)
        }
    }

    @Test(.enabled(if: hasRedis, "needs redis-server: apt-get install redis-server"))
    func `finds nothing wrong behind an honest proxy`() throws {
        let server = try PeerServer.redis()
        let proxy = FaultyProxy(to: server.address, fault: nil, seed: 1)
        let history = try proxy.serve { address throws(SocketFault) in
            try HistoryLoad(resp: address).record()
        }
        let verdict = try HistoryChecker().verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
    }

    @Test func `says that nobody listens`() throws {
        let address = try BlockingListener.bound().address
        #expect(throws: SocketFault.self) { try HistoryLoad(resp: address).record() }
    }

    private static func expectLinearizable(_ load: HistoryLoad) throws {
        let history = try load.record()
        #expect(history.count == load.clients * load.operationsPerClient)
        let verdict = try HistoryChecker().verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
        #expect(history.contains { $0.outcome == .absent }, "nothing was ever absent")
    }

    private static func expectViolation(
        _ proxy: FaultyProxy, load: (ServerAddress) -> HistoryLoad
    ) throws {
        let history = try proxy.serve { address throws(SocketFault) in
            var load = load(address)
            load.operationsPerClient = 600
            return try load.record()
        }
        let verdict = try HistoryChecker().verdict(on: history)
        guard case .violation = verdict else {
            Issue.record("the planted bug went unnoticed: \(verdict)")
            return
        }
    }
}
