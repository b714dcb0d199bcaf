import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience
import LarderRuntime

/// Namespaces and their sources, for the loops of a server (docs/decisions/0017).
final class ReadThrough: Sendable {
    typealias ServerSource = Source<StoreMemory, LandingPost>

    private let matcher: NamespaceMatcher
    private let plans: [NamespacePlan]
    private let sources: [ServerSource]
    private let origins: [[any Origin]]
    /// The places for loads that all sources share.
    let budget: SharedMissBudget
    let post: LandingPost
    let writes: OriginWrites

    /// The namespaces of a configuration with their sources; nil when there are none.
    ///
    /// - Parameters:
    ///   - configuration: Has them.
    ///   - origins: In place of those that the configuration describes.
    ///   - store: The memory that is filled.
    ///   - traffic: Resumes connections.
    ///   - loopCount: Loops that have any.
    /// - Returns: They, ready to be asked.
    /// - Throws: `ServerFailure` that names what cannot work.
    static func make(
        _ configuration: Configuration, _ origins: OriginSet?, store: ByteStore,
        traffic: Traffic, loopCount: Int
    ) throws(ServerFailure) -> ReadThrough? {
        guard !configuration.namespaces.isEmpty else { return nil }
        let made: OriginSet
        do throws(ConfigurationError) {
            if let origins { made = origins } else { made = try OriginSet(configuration) }
        } catch {
            throw ServerFailure(description: error.description)
        }
        return try ReadThrough(
            configuration, made, store: store, traffic: traffic, loopCount: loopCount)
    }

    private init(
        _ configuration: Configuration, _ origins: OriginSet, store: ByteStore,
        traffic: Traffic, loopCount: Int
    ) throws(ServerFailure) {
        do throws(NamespaceMatcherError) {
            matcher = try NamespaceMatcher(configuration.namespaces.map(\.match))
        } catch {
            throw ServerFailure(description: "namespaces overlap: \(error)")
        }
        budget = try Self.budget(configuration)
        post = LandingPost(loopCount: loopCount, traffic: traffic)
        var plans = configuration.namespaces.map {
            NamespacePlan($0, source: nil, binding: 0)
        }
        var (sources, sourceOrigins): ([ServerSource], [[any Origin]]) = ([], [])
        for origin in configuration.origins {
            guard let bindings = origins.bindings[origin.name] else { continue }
            for (place, binding) in bindings.enumerated() {
                plans[binding.namespace] = NamespacePlan(
                    configuration.namespaces[binding.namespace], source: sources.count,
                    binding: place)
            }
            sourceOrigins.append(bindings.map(\.origin))
            let memory = StoreMemory(
                store: store, namespaces: bindings.map { UInt16(clamping: $0.namespace + 1) },
                keeps: bindings.map { configuration.namespaces[$0.namespace].caching == .yes })
            let core = try Self.core(
                origin, bindings, configuration, budget.share(of: sources.count))
            sources.append(
                ServerSource(
                    core, origins: bindings.map(\.origin), memory: memory, observer: post))
        }
        store.classifyKeys { [matcher] key in
            UInt16(clamping: matcher.number(of: key).map { $0 + 1 } ?? 0)
        }
        store.setIdleTimes(Self.idleTimes(configuration))
        self.plans = plans
        self.origins = sourceOrigins
        writes = OriginWrites(store: store, post: post)
        self.sources = sources
    }

    /// How long entries of each namespace stay without a reader, by their numbers.
    private static func idleTimes(_ configuration: Configuration) -> [UInt16: IdleRule] {
        var rules: [UInt16: IdleRule] = [:]
        for (number, namespace) in configuration.namespaces.enumerated() {
            guard let idle = namespace.idle else { continue }
            let stale = max(namespace.stale, namespace.staleIfError)
            rules[UInt16(clamping: number + 1)] = IdleRule(
                milliseconds: idle.wholeMilliseconds, staleMilliseconds: stale.wholeMilliseconds)
        }
        return rules
    }

    private static func budget(
        _ configuration: Configuration
    ) throws(ServerFailure) -> SharedMissBudget {
        do throws(OutOfBounds) {
            return SharedMissBudget(
                try MissBudget(
                    total: configuration.server.originLoads,
                    originCount: configuration.origins.count))
        } catch {
            throw ServerFailure(description: "server.origin-loads: \(error)")
        }
    }

    private static func core(
        _ origin: OriginConfiguration, _ bindings: [OriginSet.Binding],
        _ configuration: Configuration, _ share: MissBudgetShare
    ) throws(ServerFailure) -> SourceCore<FillToken, LoadWaiter> {
        var source = SourceConfiguration(
            name: origin.name,
            rules: bindings.map { SourceRules(configuration.namespaces[$0.namespace], origin) })
        source.batchMax = bindings.map(\.batchMax)
        source.timeout = origin.timeout
        var limits = SourceLimits()
        limits.concurrency.most = origin.limit
        limits.concurrency.least = min(limits.concurrency.least, origin.limit)
        limits.concurrency.first = min(limits.concurrency.first, origin.limit)
        do {
            return try SourceCore(
                source, limits: limits, seed: .random(in: 0 ... .max),
                at: MonotonicClock.now(), budget: share)
        } catch {
            throw ServerFailure(description: "origins.\(origin.name): \(error)")
        }
    }

    /// What is done with `key` of database 0; nil for a key of no namespace.
    ///
    /// - Complexity: O(key bytes).
    func plan(for key: RawSpan) -> NamespacePlan? {
        matcher.number(of: key).map { plans[$0] }
    }

    /// What is done with the keys of the namespace that an entry names.
    func plan(number: UInt16) -> NamespacePlan? {
        number == 0 || Int(number) > plans.count ? nil : plans[Int(number) - 1]
    }

    /// The number of a namespace, by which entries name it.
    func number(of name: String) -> UInt16? {
        plans.firstIndex { $0.name == name }.map { UInt16(clamping: $0 + 1) }
    }

    /// Whether an entry that is no longer fresh may be served while it is loaded again.
    func takesStale(_ read: LoadedRead) -> Bool {
        guard let plan = plan(number: read.namespace) else { return false }
        return read.staleMilliseconds < plan.staleMilliseconds
    }

    /// The same while the origin fails.
    func takesOnError(_ read: LoadedRead) -> Bool {
        guard let plan = plan(number: read.namespace) else { return false }
        return read.staleMilliseconds < max(plan.staleMilliseconds, plan.staleIfErrorMilliseconds)
    }

    /// The source of a namespace that has one.
    func source(of plan: NamespacePlan) -> ServerSource? {
        plan.source.map { sources[$0] }
    }

    /// Nobody waits any more: the client is gone.
    func end(_ wait: ConnectionWait, _ id: ConnectionID) {
        for (source, wait) in wait.waits { sources[source].cancel([wait]) }
        endWrite(of: wait)
        _ = post.take(for: id)
    }

    /// A write that no origin was asked for yet does not come about.
    func endWrite(of wait: ConnectionWait) {
        defer { wait.write = nil }
        switch wait.write?.state {
        case .queues, .held: if let lane = wait.write?.lane { writes.leave(lane) }
        case .asked, .done, nil: return
        }
    }

    /// The origin of a namespace, as that sees it.
    func origin(of plan: NamespacePlan) -> (any Origin)? {
        plan.source.map { origins[$0][plan.binding] }
    }

    /// What all sources have done.
    var counts: [SourceCounts] { sources.map(\.counts) }

    /// A source by its place.
    func source(at place: Int) -> ServerSource { sources[place] }
}
