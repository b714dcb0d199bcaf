import LarderCore
import LarderHierarchy
import LarderMemory

/// The store as a source sees it.
struct StoreMemory: SourceMemory {
    let store: ByteStore
    /// The namespace's number of each binding of the source.
    let namespaces: [UInt16]
    /// Whether anything is kept for each of them.
    let keeps: [Bool]

    func holds(_ need: Need<FillToken>) -> Bool {
        // What is to be refreshed is there, and fresh.
        guard need.refreshed == nil else { return false }
        let bytes = unsafe need.key.bytes.span.bytes
        let now = Moment(MonotonicClock.now())
        switch store.standing(of: bytes, store.hash(bytes), database: 0, at: now) {
        case .fresh, .negative: return true
        case .stale, .absent: return false
        }
    }

    func store(_ fill: Fill<FillToken>) -> Fill<FillToken>.Outcome {
        guard keeps[fill.need.binding] else { return .refused }
        let key = unsafe fill.need.key.bytes.span.bytes
        let hash = store.hash(key)
        let now = Moment(MonotonicClock.now())
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
        case .renewed: return .gone
        }
        return switch outcome {
        case .stored: .stored(version: 0)
        case .outdated: .moved
        case .notKept, .tooLarge: .refused
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
        let now = Moment(MonotonicClock.now())
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
        provenance.cost = entry.cost
        provenance.priority = entry.priority
        provenance.namespace = namespaces[need.binding]
        provenance.tags = EntryTags(entry.tags) ?? EntryTags()
        return provenance
    }
}
