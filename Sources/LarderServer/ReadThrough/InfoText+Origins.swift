import LarderHierarchy

/// What the sources of namespaces have done: nothing is shown where there are none.
extension InfoText {
    var origins: Fields {
        guard shared.namespaces.current != nil else { return [] }
        let (counts, budget) = (shared.namespaces.counts, shared.namespaces.budget)
        func sum(_ part: KeyPath<SourceCounts, Int>) -> String {
            "\(counts.reduce(0) { $0 &+ $1[keyPath: part] })"
        }
        return [
            ("larder_origin_loads", "\(budget.inUse)"),
            ("larder_origin_loads_held_back", "\(budget.refusedCount)"),
            ("larder_loads_started", sum(\.started)), ("larder_loads_joined", sum(\.joined)),
            ("larder_loads_failed", sum(\.failed)), ("larder_loads_refused", sum(\.refused)),
            ("larder_loads_renewed", sum(\.renewed)), ("larder_load_waits_over", sum(\.timedOut)),
            ("larder_origin_keys_asked", sum(\.asked)),
        ]
    }
}
