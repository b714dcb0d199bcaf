import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience

/// The store as a source sees it.
struct StoreMemory: SourceMemory {
    let store: ByteStore
    /// The namespace's number of each binding of the source.
    let namespaces: [UInt16]
    /// Whether anything is kept for each of them.
    let keeps: [Bool]
    /// When hits of each of them load again; nil: never before the end.
    let early: [EarlyRefresh?]
    /// The time.
    var clock: @Sendable () -> Moment = { Moment(MonotonicClock.now()) }

    func holds(_ need: Need<FillToken>) -> Bool {
        let bytes = unsafe need.key.bytes.span.bytes
        let hash = store.hash(bytes)
        switch store.standing(of: bytes, hash, database: 0, at: clock()) {
        case .fresh, .negative: break
        case .stale, .absent: return false
        }
        guard let refreshed = need.refreshed else { return true }
        // Fresh it was when the refresh was asked for. What was loaded or written since is enough.
        let entry = store.describe(bytes, hash, database: 0, at: clock())
        guard let loaded = entry?.provenance?.loaded else { return entry != nil }
        return loaded > Moment(refreshed)
    }

    func store(_ fill: Fill<FillToken>) -> Fill<FillToken>.Outcome {
        guard keeps[fill.need.binding] else {
            if case .renewed = fill.content { return .gone }
            return .refused
        }
        let key = unsafe fill.need.key.bytes.span.bytes
        let hash = store.hash(key)
        let now = clock()
        let outcome: FillOutcome
        switch fill.content {
        case .value(let entry):
            let value = unsafe entry.value.span.bytes
            outcome = store.fill(
                value, for: key, hash, database: 0, at: now, flags: entry.flags,
                provenance: provenance(of: entry, fill.need), ifGeneration: fill.need.token)
        case .absent(let until):
            var provenance = Provenance(loaded: now, freshUntil: Moment(until))
            provenance.namespace = namespaces[fill.need.binding]
            outcome = store.fillAbsent(
                key, hash, database: 0, at: now, provenance: provenance,
                ifGeneration: fill.need.token)
        case .renewed(let created, let expires, let staleUntil):
            guard let validator = fill.need.validator else { return .gone }
            let renewal = Renewal(
                validator, loaded: Moment(created),
                freshUntil: expires.map(Moment.init) ?? .never, end: staleUntil.map(Moment.init),
                consideredFrom: consideredFrom(created, expires, 0, fill.need))
            return renew(fill.need, renewal)
        }
        return switch outcome {
        case .stored: .stored(version: 0)
        case .outdated: .moved
        case .notKept, .tooLarge: .refused
        }
    }

    private func renew(
        _ need: Need<FillToken>, _ renewal: Renewal
    ) -> Fill<FillToken>.Outcome {
        let key = unsafe need.key.bytes.span.bytes
        let outcome = store.renew(
            key, store.hash(key), database: 0, at: clock(), renewal, ifGeneration: need.token)
        return switch outcome {
        case .renewed: .stored(version: 0)
        case .outdated: .moved
        case .gone: .gone
        }
    }

    func announceWrite(of key: Key) -> FillToken {
        let hash = unsafe store.hash(key.bytes.span.bytes)
        store.moveGeneration(of: hash)
        return store.generation(of: hash)
    }

    func settle(_ settlement: Settlement<FillToken>) {
        let key = unsafe settlement.change.key.bytes.span.bytes
        let hash = store.hash(key)
        let now = clock()
        var shards = ShardSet()
        store.insertShard(of: hash, into: &shards)
        // Where the key stands is looked at, and the change made, under one lock.
        store.withTransaction(shards) {
            let isCurrent =
                if case .store(let token) = settlement.step {
                    store.isCurrent(
                        token, for: key, hash, database: 0,
                        namespace: namespaces[settlement.binding])
                } else { false }
            let entry = isCurrent ? settlement.change.entry : nil
            store.withKey(key, hash, database: 0, at: now) { access in
                guard let entry else { return access.remove() }
                let expiry = entry.expires.map(Moment.init) ?? .never
                guard expiry > now,
                    unsafe access.put(
                        entry.value.span.bytes, expiry: expiry, flags: entry.flags,
                        version: entry.version) == .stored
                else { return access.remove() }
            }
            store.moveGeneration(of: hash)
        }
    }

    private func provenance(of entry: Entry, _ need: Need<FillToken>) -> Provenance {
        var provenance = Provenance(
            loaded: Moment(entry.created),
            freshUntil: entry.expires.map(Moment.init) ?? .never,
            end: entry.staleUntil.map(Moment.init))
        provenance.consideredFrom = consideredFrom(
            entry.created, entry.expires, entry.cost, need)
        provenance.cost = entry.cost
        provenance.priority = entry.priority
        provenance.namespace = namespaces[need.binding]
        provenance.tags = EntryTags(entry.tags) ?? EntryTags()
        provenance.validator = entry.validator?.shortened
        return provenance
    }

    /// From when on a hit may load what was loaded at `created` again.
    private func consideredFrom(
        _ created: Tick, _ expires: Tick?, _ cost: UInt32, _ need: Need<FillToken>
    ) -> Moment {
        guard let expires else { return .never }
        guard let early = early[need.binding] else { return Moment(expires) }
        return Moment(
            early.begin(
                created: created, expires: expires, cost: .microseconds(Int64(cost))))
    }
}

extension Validator {
    /// The tag alone where there is one: it decides, and a date would cost each entry 29 bytes.
    fileprivate var shortened: Validator? {
        tag.isEmpty ? self : Validator(tag: tag, modified: [])
    }
}
