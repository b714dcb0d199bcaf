public import LarderCore

/// Where a key stands whose load is about to begin.
public struct LoadPoint: Sendable, Hashable {
    /// For the fill.
    public let token: FillToken
    /// By what the origin recognises the value that is there, stale or not; `nil` if there is none,
    /// or none that it recognises.
    public let validator: Validator?
}

/// How a value that has not changed in the origin is good again.
public struct Renewal: Sendable, Hashable {
    /// The value's.
    public let validator: Validator
    /// When the origin was asked.
    public let loaded: Moment
    /// From when on the value is stale.
    public let freshUntil: Moment
    /// From when on nobody gets it, no earlier than `freshUntil`.
    public let end: Moment
    /// As in `Provenance`, the time aside that its load took.
    public let consideredFrom: Moment

    /// The value of `validator` is as of `loaded`, good until `freshUntil`, and until `end` for
    /// those who take stale values. Readers may have it loaded again from `consideredFrom` on.
    public init(
        _ validator: Validator, loaded: Moment, freshUntil: Moment, end: Moment? = nil,
        consideredFrom: Moment = Moment(milliseconds: 0)
    ) {
        self.consideredFrom = consideredFrom
        (self.validator, self.loaded, self.freshUntil) = (validator, loaded, freshUntil)
        self.end = max(freshUntil, end ?? freshUntil)
    }
}

/// What became of a renewal.
public enum RenewOutcome: Sendable, Hashable {
    case renewed
    /// The key was written, deleted or banned meanwhile.
    case outdated
    /// The value is not there any more, or would not be.
    case gone
}

extension ByteStore {
    /// Where `key` stands, and by what the origin recognises its value: what a load that begins now
    /// takes along. Counts as no access.
    public func loadPoint(
        of key: RawSpan, _ hash: UInt64, database: Int, at now: Moment
    ) -> LoadPoint {
        shards.withLock(shards.number(hash)) { state in
            let found = state.find(key, hash, state.spaces[database], at: now)
            return LoadPoint(
                token: state.fillToken(hash), validator: found?.block.knownValidator)
        }
    }

    /// Makes the value of `key` good again, if it is still the one of the validator, and the key
    /// was not written or deleted, nor a matching ban said, since `token` was taken. The value is
    /// not touched, and nobody hears of it: it has not changed. Counts as no access.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - hash: Its hash.
    ///   - database: Its database.
    ///   - now: The time.
    ///   - renewal: The new windows.
    ///   - token: Where the key stood when the load began.
    /// - Returns: What became of it.
    public func renew(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment, _ renewal: Renewal,
        ifGeneration token: FillToken
    ) -> RenewOutcome {
        shards.withLock(shards.number(hash)) { state in
            state.renew(key, hash, state.spaces[database], at: now, renewal, token)
        }
    }
}

extension ShardState {
    fileprivate mutating func renew(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16, at now: Moment, _ renewal: Renewal,
        _ token: FillToken
    ) -> RenewOutcome {
        guard let found = find(key, hash, space, at: now),
            let provenance = found.block.knownProvenance
        else { return .gone }
        let isCurrent = permits(
            token, key, hash, space, namespace: provenance.namespace,
            tags: provenance.tags.packed)
        guard isCurrent else { return .outdated }
        guard provenance.validator == renewal.validator, renewal.end > now else { return .gone }
        let block = found.block
        (block.freshUntil, block.loaded) = (renewal.freshUntil, renewal.loaded)
        // The time that its load took is not measured anew.
        block.refreshLead = max(
            block.refreshLead,
            RefreshLead(from: renewal.consideredFrom, to: renewal.freshUntil))
        block.banEpoch = bans.epoch
        block.unmarkSoftlyBanned()
        var end = renewal.end
        // Nobody has read it for that: its end stays, unless it is one of those that wait.
        if block.isSliding, let rule = times.idle(block.namespace) {
            end = min(end, rule.end(from: now))
        }
        return setEnd(end, of: found, hash) ? .renewed : .gone
    }
}

extension Block {
    /// The provenance of an entry with a value.
    fileprivate var knownProvenance: Provenance? {
        guard let provenance, !provenance.isNegative else { return nil }
        return provenance
    }

    fileprivate var knownValidator: Validator? {
        header.shape.contains(.provenance) && !isDated ? validator : nil
    }
}
