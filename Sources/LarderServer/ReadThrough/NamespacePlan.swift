import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience

/// What the server does with the keys of one namespace. A class, so that a hit that looks it up
/// copies a reference and not its names.
final class NamespacePlan: Sendable {
    let name: String
    /// The name of its origin, for failures.
    let origin: String
    /// What a write does.
    let write: NamespaceConfiguration.WriteMode
    /// Whether the origin is told of deletions.
    let canDelete: Bool
    /// Whether nothing is kept here.
    let isNeverKept: Bool
    /// How long a client may keep the lease of a key.
    let leaseMilliseconds: UInt64
    /// How long a client waits for who has it.
    let waitMilliseconds: UInt64
    /// What entries here are worth.
    let priority: Priority
    private let ttlMilliseconds: UInt64?
    /// Place of its source in `ReadThrough.sources`; nil: nowhere to load from.
    let source: Int?
    /// Place of its rules in the source.
    let binding: Int
    /// How long behind its time an entry is served while it is loaded again.
    let staleMilliseconds: UInt64
    /// The same while the origin fails.
    let staleIfErrorMilliseconds: UInt64
    /// When a hit loads again; nil: never before the end.
    let early: EarlyRefresh?

    init(_ namespace: NamespaceConfiguration, source: Int?, binding: Int) {
        name = namespace.name
        origin = namespace.origin?.use ?? ""
        write = namespace.write
        isNeverKept = namespace.caching == .never
        canDelete = namespace.origin?.delete != nil
        leaseMilliseconds = min(max(1, namespace.lease.wholeMilliseconds), 86_400_000)
        waitMilliseconds = namespace.wait.wholeMilliseconds
        priority = namespace.priority
        ttlMilliseconds = namespace.ttl?.wholeMilliseconds
        self.source = source
        self.binding = binding
        staleMilliseconds = namespace.stale.wholeMilliseconds
        staleIfErrorMilliseconds = namespace.staleIfError.wholeMilliseconds
        early = EarlyRefresh(namespace)
    }

    /// Whether what is written here goes at once.
    var dropsWrites: Bool { isNeverKept || write == .invalidate }
    /// Whether commands on its keys do other than they do without a namespace.
    var isSpecial: Bool { source != nil || dropsWrites }

    /// Whether its writes go to the origin first.
    var writesOrigin: Bool { source != nil && (write == .through || write == .around) }

    /// Whether memory keeps what its origin has taken.
    var keepsWrites: Bool { write == .through && !isNeverKept }

    /// Until when an entry may be served that is fresh until `expiry`.
    func staleEnd(from expiry: Moment) -> Moment {
        let window = max(staleMilliseconds, staleIfErrorMilliseconds)
        let (end, overflow) = expiry.milliseconds.addingReportingOverflow(window)
        return overflow ? .never : Moment(milliseconds: end)
    }

    /// Until when is fresh what is written at `now`.
    func expiry(from now: Moment) -> Moment {
        guard let ttlMilliseconds else { return .never }
        let (end, overflow) = now.milliseconds.addingReportingOverflow(ttlMilliseconds)
        return overflow ? .never : Moment(milliseconds: end)
    }
}

extension EarlyRefresh {
    /// When hits of this namespace load again; nil: never before the end.
    init?(_ namespace: NamespaceConfiguration) {
        guard let refreshAt = namespace.refreshAt else { return nil }
        self.init(beta: namespace.earlyRefresh, refreshAt: refreshAt)
    }
}

extension SourceRules {
    /// How entries of this namespace are loaded.
    init(_ namespace: NamespaceConfiguration, _ origin: OriginConfiguration) {
        self.init()
        self.namespace = namespace.name
        ttl = namespace.ttl
        jitter = namespace.jitter
        stale = namespace.stale
        staleIfError = namespace.staleIfError
        negativeTTL = namespace.negativeTTL
        waitLimit = namespace.wait
        loadLimit = namespace.timeout ?? origin.timeout
        priority = namespace.priority
        placement =
            switch namespace.placement {
            case .first: .onFirstHit
            case .second: .onSecondHit
            case .never: .never
            }
    }
}

extension Duration {
    var wholeMilliseconds: UInt64 {
        UInt64(clamping: components.seconds) * 1000
            + UInt64(clamping: components.attoseconds / 1_000_000_000_000_000)
    }
}
