import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience
import LarderRuntime
import Synchronization

/// Has the namespaces in force, and what outlives their change: who is told of loads, whose turn it
/// is to write, the places for loads, and the namespaces' numbers.
final class NamespaceKeeper: Sendable {
    private struct State {
        var current: ReadThrough?
        /// Numbers of all namespaces that there were, by name: entries know theirs by it.
        var numbers: [String: UInt16] = [:]
        /// What sources had done when they were replaced.
        var past: [SourceCounts] = []
    }

    private let state = Guarded(State())
    private let changes = Atomic<UInt32>(0)
    private let store: ByteStore
    private let logger: Logger
    /// The places for loads that all sources share.
    let budget: SharedMissBudget
    let post: LandingPost
    let writes: OriginWrites

    /// No namespaces yet.
    init(
        _ configuration: Configuration, store: ByteStore, traffic: Traffic, leases: Leases,
        loopCount: Int, logger: Logger
    ) throws(ServerFailure) {
        (self.store, self.logger) = (store, logger)
        post = LandingPost(loopCount: loopCount, traffic: traffic, leases: leases)
        writes = OriginWrites(post: post)
        do throws(OutOfBounds) {
            budget = SharedMissBudget(
                try MissBudget(
                    total: configuration.server.originLoads,
                    originCount: configuration.origins.count))
        } catch {
            throw ServerFailure(description: "server.origin-loads: \(error)")
        }
    }

    /// The namespaces in force; nil while there have been none.
    var current: ReadThrough? { state.withLock { $0.current } }
    /// Another number when others are in force. Relaxed: a loop that learns of it late serves one
    /// more batch by the old ones; `current` is read under the lock.
    var version: UInt32 { changes.load(ordering: .relaxed) }

    /// What all sources have done.
    var counts: [SourceCounts] {
        let (past, current) = state.withLock { ($0.past, $0.current) }
        return past + (current?.originations.map(\.source.counts) ?? [])
    }

    /// Makes the namespaces of another configuration. Sources whose origin and namespaces are the
    /// same go on.
    ///
    /// - Parameters:
    ///   - configuration: Has them.
    ///   - origins: In place of those that it describes.
    /// - Returns: They, ready to be installed; nil if there are none, and never were.
    /// - Throws: `ServerFailure` that names what cannot work.
    func prepare(
        _ configuration: Configuration, _ origins: OriginSet? = nil
    ) throws(ServerFailure) -> ReadThrough? {
        let current = current
        guard current != nil || !configuration.namespaces.isEmpty else { return nil }
        let numbers = try numbers(of: configuration)
        var kept: [String: ReadThrough.Origination] = [:]
        for known in current?.originations ?? []
        where configuration.origins.contains(known.origin)
            && known.namespaces == users(of: known.origin, configuration, numbers)
        {
            kept[known.origin.name] = known
        }
        let made: OriginSet
        if let origins {
            made = origins
        } else {
            made = try Self.origins(of: configuration, without: kept)
        }
        var originations: [ReadThrough.Origination] = []
        for origin in configuration.origins {
            if let known = kept[origin.name] {
                originations.append(known)
            } else if let bindings = made.bindings[origin.name] {
                originations.append(
                    try origination(
                        origin, bindings, made.levels[origin.name] ?? [], configuration, numbers))
            }
        }
        return try ReadThrough(
            configuration, numbers: numbers, originations, post: post, writes: writes)
    }

    /// Puts what was prepared from `configuration` in force. Loads under way go on in the sources
    /// that they began in, and fill as if they had ended just before.
    func install(_ next: ReadThrough, _ configuration: Configuration) {
        state.withLock { state in
            let staying = Set(next.originations.map { ObjectIdentifier($0.source) })
            for old in state.current?.originations ?? []
            where !staying.contains(ObjectIdentifier(old.source)) {
                state.past.append(old.source.counts)
            }
            state.current = next
        }
        next.teach(store)
        changes.wrappingAdd(1, ordering: .relaxed)
        // The configuration was found right, so there is a place for each origin.
        try? budget.share(
            total: configuration.server.originLoads, originCount: configuration.origins.count)
    }

    /// Nobody waits any more: the client is gone.
    func end(_ wait: ConnectionWait, _ id: ConnectionID) {
        for (source, wait) in wait.waits { source.cancel([wait]) }
        writes.end(of: wait)
        post.end(id)
    }

    /// The number of each namespace: the one that it has had before.
    private func numbers(of configuration: Configuration) throws(ServerFailure) -> [UInt16] {
        try state.withLock { state throws(ServerFailure) in
            var numbers: [UInt16] = []
            for namespace in configuration.namespaces {
                let next = state.numbers.count + 1
                guard let number = state.numbers[namespace.name] ?? UInt16(exactly: next) else {
                    throw ServerFailure(
                        description: "namespaces have had 65535 names since the start; restart")
                }
                state.numbers[namespace.name] = number
                numbers.append(number)
            }
            return numbers
        }
    }

    /// The namespaces that load from an origin, by their numbers.
    private func users(
        of origin: OriginConfiguration, _ configuration: Configuration, _ numbers: [UInt16]
    ) -> [UInt16: NamespaceConfiguration] {
        var users: [UInt16: NamespaceConfiguration] = [:]
        for (namespace, number) in zip(configuration.namespaces, numbers)
        where namespace.origin?.use == origin.name {
            users[number] = namespace
        }
        return users
    }

    private static func origins(
        of configuration: Configuration, without kept: [String: ReadThrough.Origination]
    ) throws(ServerFailure) -> OriginSet {
        var rest = configuration
        rest.origins.removeAll { kept[$0.name] != nil }
        do throws(ConfigurationError) {
            return try OriginSet(rest)
        } catch {
            throw ServerFailure(description: error.description)
        }
    }

    private func origination(
        _ origin: OriginConfiguration, _ bindings: [OriginSet.Binding], _ levels: [any Level],
        _ configuration: Configuration, _ numbers: [UInt16]
    ) throws(ServerFailure) -> ReadThrough.Origination {
        let mine = bindings.map { numbers[$0.namespace] }
        let memory = StoreMemory(
            store: store, namespaces: mine,
            keeps: bindings.map { configuration.namespaces[$0.namespace].caching == .yes },
            early: bindings.map { EarlyRefresh(configuration.namespaces[$0.namespace]) })
        let core = try core(origin, bindings, levels: levels.map(\.name), configuration)
        let source = ReadThrough.ServerSource(
            core, levels: levels,
            origins: bindings.map { ReportingOrigin(origin: $0.origin, logger: logger) },
            memory: memory, observer: post)
        return ReadThrough.Origination(
            origin: origin, namespaces: users(of: origin, configuration, numbers),
            source: source, bindings: bindings, numbers: mine)
    }

    private func core(
        _ origin: OriginConfiguration, _ bindings: [OriginSet.Binding], levels: [String],
        _ configuration: Configuration
    ) throws(ServerFailure) -> SourceCore<FillToken, LoadWaiter> {
        var source = SourceConfiguration(
            name: origin.name,
            rules: bindings.map { SourceRules(configuration.namespaces[$0.namespace], origin) })
        source.batchMax = bindings.map(\.batchMax)
        source.levels = levels
        source.timeout = origin.timeout
        var limits = SourceLimits()
        limits.concurrency.most = origin.limit
        limits.concurrency.least = min(limits.concurrency.least, origin.limit)
        limits.concurrency.first = min(limits.concurrency.first, origin.limit)
        do {
            return try SourceCore(
                source, limits: limits, seed: .random(in: 0 ... .max), at: MonotonicClock.now(),
                budget: budget.addShare())
        } catch {
            throw ServerFailure(description: "origins.\(origin.name): \(error)")
        }
    }
}
