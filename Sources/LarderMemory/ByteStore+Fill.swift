import LarderCore
import Synchronization

/// Where a key stood when its load began.
public struct FillToken: Sendable, Hashable, BitwiseCopyable {
    /// Writes and deletes so far of the keys that share a stripe.
    public let generation: UInt32
    /// Flushes and swaps of databases so far.
    public let epoch: UInt64
}

extension ByteStore {
    /// Where the keys with this hash stand. Taken before a load begins, and shown when its result
    /// is stored.
    public func generation(of hash: UInt64) -> FillToken {
        shards.withLock(shards.number(hash)) { $0.fillToken(hash) }
    }

    /// Stores what a load brought, unless the key was written or deleted, or a database flushed,
    /// since `token` was taken. That an entry was evicted or has expired does not matter.
    ///
    /// Keys share the counters behind a token, so rarely a fill fails for another key's write.
    ///
    /// - Returns: Whether it was stored; also when the policy would not have kept it, and it has
    ///   already left.
    public func fill(
        _ value: RawSpan, for key: RawSpan, _ hash: UInt64, database: Int, at now: Moment,
        expiry: Moment = .never, flags: UInt32 = 0, ifGeneration token: FillToken
    ) -> Bool {
        shards.withLock(shards.number(hash)) { state in
            guard state.fillToken(hash) == token else { return false }
            let space = state.spaces[database]
            let found = state.find(key, hash, space, at: now)
            let attributes = EntryAttributes(expiry: expiry, flags: flags, written: now)
            return state.put(value, for: key, hash, space, over: found, attributes) == .stored
        }
    }
}

extension ShardState {
    func fillToken(_ hash: UInt64) -> FillToken {
        // The epoch moves while all shards are locked, so under this shard's lock it stands still.
        FillToken(
            generation: generations[Self.stripe(hash)],
            epoch: shared.flushEpoch.load(ordering: .relaxed))
    }
}
