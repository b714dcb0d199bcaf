import LarderCore
import Synchronization

/// Where a key stood when its load began.
public struct FillToken: Sendable, Hashable, BitwiseCopyable {
    /// Writes and deletes so far of the keys that share a stripe.
    public let generation: UInt32
    /// The last ban of more than a key.
    public let bans: UInt32
    /// Flushes and swaps of databases so far.
    public let epoch: UInt64
}

/// What became of a fill.
public enum FillOutcome: Sendable, Hashable {
    case stored
    /// The policy would not keep it, or there was no memory.
    case notKept
    /// The key was written, deleted or banned meanwhile: what was loaded may be out of date.
    case outdated
    /// The value or the key is larger than the store takes.
    case tooLarge
}

extension ByteStore {
    /// Where the keys with this hash stand. Taken before a load begins, and shown when its result
    /// is stored.
    public func generation(of hash: UInt64) -> FillToken {
        shards.withLock(shards.number(hash)) { $0.fillToken(hash) }
    }

    /// Makes loads that began before now not fill, for the keys with this hash: somebody is about
    /// to write the origin, or has.
    public func moveGeneration(of hash: UInt64) {
        shards.withLock(shards.number(hash)) { $0.bumpGeneration(hash) }
    }

    /// Whether what a load brings that began at `token` may still be stored, so that others may
    /// wait for it too. A ban of a tag counts, since nobody knows yet what tags there will be.
    public func isCurrent(
        _ token: FillToken, for key: RawSpan, _ hash: UInt64, database: Int,
        namespace: UInt16 = 0
    ) -> Bool {
        shards.withLock(shards.number(hash)) { state in
            state.permits(
                token, key, hash, state.spaces[database], namespace: namespace, tags: nil)
        }
    }

    /// Stores what a load brought, unless the key was written or deleted, or a matching ban was
    /// said, or a database flushed, since `token` was taken. That an entry was evicted or has
    /// expired does not matter. Whatever the key had is replaced.
    ///
    /// Keys share the counters behind a token, so rarely a fill fails for another key's write.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: Its key.
    ///   - hash: The key's hash.
    ///   - database: The key's database.
    ///   - now: The time.
    ///   - expiry: When the entry expires, if it has no provenance: that has its own windows.
    ///   - flags: What memcached clients store beside the value.
    ///   - provenance: Where it came from, and how long it is good.
    ///   - version: The version that the entry brought from another level; the store gives out
    ///     higher ones from then on.
    ///   - token: Where the key stood when the load began.
    /// - Returns: What became of it.
    public func fill(
        _ value: RawSpan, for key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        expiry: Moment = .never, flags: UInt32 = 0, provenance: Provenance? = nil,
        version: UInt64? = nil, ifGeneration token: FillToken
    ) -> FillOutcome {
        let attributes = EntryAttributes(
            expiry: expiry, flags: flags, written: now, version: version ?? 0)
        return shards.withLock(shards.number(hash)) { state in
            state.fill(
                key, hash, database, attributes, provenance, byteCount: value.byteCount, token
            ) {
                state, space, attributes in
                let found = state.find(key, hash, space, at: now)
                return state.put(value, for: key, hash, space, over: found, attributes)
            }
        }
    }

    /// The same, of a value that was built piece by piece; `nil` for one that found no memory.
    public func fill(
        large value: LargeValue?, for key: RawSpan, _ hash: UInt64, database: Int,
        at now: Moment, expiry: Moment = .never, flags: UInt32 = 0,
        provenance: Provenance? = nil, version: UInt64? = nil, ifGeneration token: FillToken
    ) -> FillOutcome {
        let attributes = EntryAttributes(
            expiry: expiry, flags: flags, written: now, version: version ?? 0)
        return shards.withLock(shards.number(hash)) { state in
            state.fill(
                key, hash, database, attributes, provenance, byteCount: value?.byteCount ?? 0, token
            ) {
                state, space, attributes in
                state.put(value, for: key, hash, space, attributes)
            }
        }
    }

    /// Notes that the origin has no such key: a negative entry, which only reads that ask for it
    /// see. A ban of any tag since `token` counts, since what is not there has no tags. Those of
    /// `provenance`, which says until when that is believed, are ignored.
    public func fillAbsent(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        provenance: Provenance, ifGeneration token: FillToken
    ) -> FillOutcome {
        var negative = provenance
        (negative.isNegative, negative.tags) = (true, EntryTags())
        let attributes = EntryAttributes(
            expiry: .never, flags: 0, written: now)
        return shards.withLock(shards.number(hash)) { state in
            state.fill(
                key, hash, database, attributes, negative, byteCount: 0, token
            ) {
                state, space, attributes in
                let found = state.find(key, hash, space, at: now)
                return state.put(RawSpan(), for: key, hash, space, over: found, attributes)
            }
        }
    }
}

extension ShardState {
    func fillToken(_ hash: UInt64) -> FillToken {
        // The epoch moves while all shards are locked, so under this shard's lock it stands still.
        FillToken(
            generation: generations[Self.stripe(hash)], bans: bans.epoch,
            epoch: shared.flushEpoch.load(ordering: .relaxed))
    }

    func permits(
        _ token: FillToken, _ key: RawSpan, _ hash: UInt64, _ space: UInt16, namespace: UInt16,
        tags: [UInt8]?
    ) -> Bool {
        let current = fillToken(hash)
        guard token.generation == current.generation, token.epoch == current.epoch else {
            return false
        }
        return bans.permits(
            key, space, since: token.bans, namespace: namespace, tags: tags)
    }

    fileprivate mutating func fill(
        _ key: RawSpan, _ hash: UInt64, _ database: Int, _ attributes: EntryAttributes,
        _ provenance: Provenance?, byteCount: Int, _ token: FillToken,
        _ put: (inout ShardState, UInt16, EntryAttributes) -> PutOutcome
    ) -> FillOutcome {
        let tags = provenance?.isNegative == true ? nil : provenance?.tags.packed ?? []
        guard
            permits(
                token, key, hash, spaces[database], namespace: provenance?.namespace ?? 0,
                tags: tags)
        else { return .outdated }
        return fill(key, hash, database, attributes, provenance, byteCount: byteCount, put)
    }

    /// Stores by `put` what may be stored.
    mutating func fill(
        _ key: RawSpan, _ hash: UInt64, _ database: Int, _ attributes: EntryAttributes,
        _ provenance: Provenance?, byteCount: Int,
        _ put: (inout ShardState, UInt16, EntryAttributes) -> PutOutcome
    ) -> FillOutcome {
        let space = spaces[database]
        let now = attributes.written
        let wasThere = tells && lookUp(key, hash, space)?.block.isCurrent(at: now) == true
        var attributes = attributes
        attach(provenance.map { ProvenancePart($0) }, to: &attributes)
        let outcome = put(&self, space, attributes)
        guard outcome != .tooLarge else { return .tooLarge }
        let stored = outcome == .stored ? lookUp(key, hash, space) : nil
        if tells, outcome == .stored, provenance?.isNegative != true {
            let entry = EvictedEntry(valueLength: byteCount, expiry: attributes.expiry)
            tellPut(key, hash, space, entry, wasThere: wasThere)
        }
        return stored == nil ? .notKept : .stored
    }
}
