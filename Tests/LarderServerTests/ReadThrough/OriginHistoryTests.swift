import LarderAssembly
import LarderCore
import LarderMemory
import LarderTesting
import Testing

/// Histories of concurrent clients of keys with origins, judged key by key (docs/consistency.md).
@Suite(.serialized, .onOwnThread) struct OriginHistoryTests {
    /// A server with a namespace for each family, all of one origin.
    static func fixture(_ origin: any Origin, batchMax: Int = 1) throws -> ServerFixture {
        let namespaces = try OriginLoad.Family.allCases.map { family in
            var namespace = NamespaceConfiguration(
                name: family.rawValue, match: try KeyPattern(parsing: "\(family.rawValue):{r}:{n}"))
            let captures = ["r", "n"]
            let path = try QueryTemplate(url: "/\(family.rawValue)/{r}/{n}", captures: captures)
            namespace.origin = NamespaceOrigin(use: origin.name, get: path)
            namespace.origin?.set = path
            namespace.origin?.delete = path
            namespace.ttl = family == .cached ? .seconds(3600) : .milliseconds(60)
            namespace.negativeTTL = .milliseconds(40)
            namespace.stale = .milliseconds(30)
            namespace.staleIfError = .seconds(10)
            namespace.wait = .milliseconds(100)
            namespace.write = family.writeMode
            return namespace
        }
        let bindings = namespaces.indices.map {
            OriginSet.Binding(namespace: $0, origin: origin, batchMax: batchMax)
        }
        return try ServerFixture(origins: OriginSet(bindings: [origin.name: bindings])) {
            $0.namespaces = namespaces
            var configuration = OriginConfiguration(
                name: origin.name, source: .http(url: "http://127.0.0.1"))
            configuration.timeout = .milliseconds(120)
            $0.origins = [configuration]
        }
    }

    static func load(_ fixture: ServerFixture, _ origin: TroubledOrigin) -> OriginLoad {
        OriginLoad(resp: fixture.resp, text: fixture.memcached) { key, value in
            origin.change(key, value)
            return .done
        }
    }

    @Test(arguments: UInt64(1)...4, [1, 128])
    func `P1, P2: per key, reads and writes are linearizable whatever the origin does`(
        seed: UInt64, batchMax: Int
    ) throws {
        let isLate = seed.isMultiple(of: 2)
        let origin = TroubledOrigin(seed: seed, isLate: isLate)
        let fixture = try Self.fixture(origin, batchMax: batchMax)
        var load = Self.load(fixture, origin)
        (load.seed, load.countsInOrigin) = (seed, !isLate)
        #expect(load.prepare())
        let history = try load.record()
        let verdict = try load.verdict(on: history)
        #expect(verdict.isLinearizable, "\(verdict)")
        // While the breaker is open, the origin may be in trouble and well again unseen.
        let loads = origin.loads
        #expect(loads[.well, default: 0] > 0 && loads[.slow, default: 0] > 0)
        #expect(Set(loads.keys).count > 2, "no load while it was in trouble")
        #expect(history.contains { if case .failed = $0.outcome { true } else { false } })
        #expect(history.contains { if case .doubtful = $0.outcome { true } else { false } })
        try fixture.store.checkInvariants()
    }

    @Test(arguments: OriginLoad.Fault.allCases)
    func `P2: a planted bug is found`(fault: OriginLoad.Fault) throws {
        // What is wrong may be written over before anybody reads. Five histories show it.
        for seed: UInt64 in 1...5 {
            let origin = TroubledOrigin(seed: seed)
            let fixture = try Self.fixture(origin)
            var load = Self.load(fixture, origin)
            (load.seed, load.fault) = (seed, fault)
            #expect(load.prepare())
            if case .violation = try load.verdict(on: load.record()) { return }
        }
        Issue.record("the planted bug went unnoticed in five histories")
    }
}

extension OriginLoad.Family {
    var writeMode: NamespaceConfiguration.WriteMode {
        switch self {
        case .cached: .cache
        case .through: .through
        case .around: .around
        case .invalidated: .invalidate
        }
    }
}
