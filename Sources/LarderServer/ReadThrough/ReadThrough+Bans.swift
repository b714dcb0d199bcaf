import LarderCore
import LarderHierarchy
import LarderMemory

extension ReadThrough {
    /// Tells the sources of a ban: before memory is told, and not under a shard's lock.
    func ban(_ scope: BanScope, _ strength: Ban.Strength) {
        let now = MonotonicClock.now()
        switch scope {
        case .key(let bytes, database: 0):
            guard let plan = unsafe plan(for: bytes.span.bytes) else { return }
            ban([.key(Key(bytes))], strength, plan, at: now)
        // Namespaces, and so origins, have keys of database 0 only.
        case .key: return
        case .tag(let tag): ban([.tag(tag)], strength, at: now)
        case .prefix(let prefix): ban(prefix.scopes, strength, at: now)
        case .namespace(let number):
            guard let plan = plan(number: number) else { return }
            ban([.namespace(plan.name)], strength, plan, at: now)
        case .everything: ban([.everything], strength, at: now)
        }
    }

    /// Tells the source of the one namespace that is meant, or all of them.
    private func ban(
        _ scopes: [Ban.Scope], _ strength: Ban.Strength, _ plan: NamespacePlan? = nil, at now: Tick
    ) {
        let meant = plan.map { plan in source(of: plan).map { [$0] } ?? [] } ?? allSources
        for scope in scopes {
            for source in meant {
                source.ban(Ban(scope, strength, before: now), binding: plan?.binding)
            }
        }
    }
}

extension KeyPrefix {
    /// The same, as levels and origins know it.
    fileprivate var scopes: [Ban.Scope] {
        guard !parent.isEmpty else { return [.everything] }
        let below = Ban.Scope.prefix(parent + [UInt8(ascii: ":")])
        return includesParent ? [.key(Key(parent)), below] : [below]
    }
}
