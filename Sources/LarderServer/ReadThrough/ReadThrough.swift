import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience

/// Namespaces and their sources, as one configuration has them (docs/decisions/0017). A reload puts
/// another one in its place; the loops take that for their next batch.
final class ReadThrough: Sendable {
    typealias ServerSource = Source<StoreMemory, LandingPost>

    /// An origin with all that a source of it depends on: the next configuration goes on with the
    /// source when all of it is the same.
    struct Origination: Sendable {
        let origin: OriginConfiguration
        let namespaces: [UInt16: NamespaceConfiguration]
        let source: ServerSource
        /// The origin as each namespace sees it, in the order of the bindings.
        let bindings: [OriginSet.Binding]
        let numbers: [UInt16]
    }

    private let matcher: NamespaceMatcher
    private let plans: [NamespacePlan]
    /// The number of each namespace, by its place in the file.
    private let numbers: [UInt16]
    /// Its place, by its number; -1 for none.
    private let places: [Int32]
    let originations: [Origination]
    let post: LandingPost
    let writes: OriginWrites
    let times: [UInt16: NamespaceTimes]

    /// The namespaces of a configuration.
    ///
    /// - Parameters:
    ///   - configuration: Has them.
    ///   - numbers: Theirs, by their places.
    ///   - originations: Of the origins that they use.
    ///   - post: Brings what is loaded.
    ///   - writes: Writes to origins.
    /// - Throws: `ServerFailure` that names what cannot work.
    init(
        _ configuration: Configuration, numbers: [UInt16], _ originations: [Origination],
        post: LandingPost, writes: OriginWrites
    ) throws(ServerFailure) {
        do throws(NamespaceMatcherError) {
            matcher = try NamespaceMatcher(configuration.namespaces.map(\.match))
        } catch {
            throw ServerFailure(description: "namespaces overlap: \(error)")
        }
        var places = [Int32](repeating: -1, count: Int(numbers.max() ?? 0) + 1)
        for (place, number) in numbers.enumerated() { places[Int(number)] = Int32(place) }
        var plans = configuration.namespaces.map { NamespacePlan($0, source: nil, binding: 0) }
        for (source, origination) in originations.enumerated() {
            for (binding, number) in origination.numbers.enumerated() {
                let place = Int(places[Int(number)])
                plans[place] = NamespacePlan(
                    configuration.namespaces[place], source: source, binding: binding)
            }
        }
        (self.numbers, self.places, self.plans) = (numbers, places, plans)
        self.originations = originations
        (self.post, self.writes) = (post, writes)
        times = Self.times(configuration, numbers)
    }

    /// How long what is written in each namespace stays, by their numbers.
    private static func times(
        _ configuration: Configuration, _ numbers: [UInt16]
    ) -> [UInt16: NamespaceTimes] {
        var times: [UInt16: NamespaceTimes] = [:]
        for (namespace, number) in zip(configuration.namespaces, numbers) {
            let stale = max(namespace.stale, namespace.staleIfError)
            let idle = namespace.idle.map {
                IdleRule(
                    milliseconds: $0.wholeMilliseconds, staleMilliseconds: stale.wholeMilliseconds)
            }
            guard namespace.ttl != nil || idle != nil else { continue }
            times[number] = NamespaceTimes(
                ttlMilliseconds: namespace.ttl?.wholeMilliseconds, idle: idle)
        }
        return times
    }

    /// Makes it the one by which `store` knows the namespaces of keys.
    func teach(_ store: ByteStore) {
        store.classifyKeys { [matcher, numbers] key in
            matcher.number(of: key).map { numbers[$0] } ?? 0
        }
        store.setTimes(times)
    }

    /// What is done with `key` of database 0; nil for a key of no namespace.
    ///
    /// - Complexity: O(key bytes).
    func plan(for key: RawSpan) -> NamespacePlan? {
        matcher.number(of: key).map { plans[$0] }
    }

    /// What is done with the keys of the namespace that an entry names.
    func plan(number: UInt16) -> NamespacePlan? {
        guard Int(number) < places.count, places[Int(number)] >= 0 else { return nil }
        return plans[Int(places[Int(number)])]
    }

    /// The number of the namespace of `key`.
    func number(for key: RawSpan) -> UInt16? {
        matcher.number(of: key).map { numbers[$0] }
    }

    /// The number of a namespace, by which entries name it.
    func number(of name: String) -> UInt16? {
        plans.firstIndex { $0.name == name }.map { numbers[$0] }
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
        plan.source.map { originations[$0].source }
    }

    /// A write that no origin was asked for yet does not come about.
    func endWrite(of wait: ConnectionWait) { writes.end(of: wait) }

    /// All sources.
    var allSources: [ServerSource] { originations.map(\.source) }

    /// How each source is now.
    var statuses: [SourceStatus] { originations.map(\.source.status) }

    /// A source by its place.
    func source(at place: Int) -> ServerSource { originations[place].source }
}
