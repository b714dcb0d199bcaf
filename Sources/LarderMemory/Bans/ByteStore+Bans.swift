public import LarderCore
import Synchronization

extension ByteStore {
    /// Lets all that matches and is there now die, or grow stale: for readers at once, while its
    /// memory comes back in housekeeping. What is stored later lives; a load that began before does
    /// not fill, of an absent key neither.
    ///
    /// A soft ban ends the freshness of entries that have a provenance. Others have no stale window
    /// and die.
    ///
    /// - Parameters:
    ///   - scope: What is meant.
    ///   - strength: What becomes of it.
    ///   - now: The time.
    ///   - within: The namespace of all that can match; 0 if that is unknown. When there are too
    ///     many bans at a time they are widened to that, and else to everything.
    /// - Returns: The number of the ban, by which an acknowledgement can be told from another.
    /// - Complexity: O(shards), and the watched keys; all shards are locked unless it is one key.
    @discardableResult
    public func ban(
        _ scope: BanScope, _ strength: Ban.Strength, at now: Moment, within: UInt16 = 0
    ) -> UInt32 {
        if case .key(let key, let database) = scope {
            let hash = unsafe hash(key.span.bytes)
            shards.withLock(shards.number(hash)) { state in
                unsafe state.banKey(
                    key.span.bytes, hash, state.spaces[database], isHard: strength == .hard,
                    at: now)
            }
            return shared.banEpoch.wrappingAdd(1, ordering: .relaxed).newValue
        }
        let taken = shards.lock(allShards)
        defer {
            shards.unlock(taken)
            events.noteChangeOfAll()
        }
        let epoch = shared.banEpoch.wrappingAdd(1, ordering: .relaxed).newValue
        for number in 0..<shards.count {
            shards.withState(number) { state in
                let ban = ShardBan(
                    scope: scope, isHard: strength == .hard, time: now, epoch: epoch,
                    space: state.spaces[0], within: within)
                state.begin(ban, at: now)
            }
        }
        return epoch
    }

    /// Tells the store which namespace a key belongs to, 0 for none: a ban of a namespace then also
    /// finds the entries that were stored without their namespace's number.
    ///
    /// - Parameter namespaceOf: Runs under a shard's lock, while a namespace is banned, and for
    ///   each write while some namespace has an idle time.
    public func classifyKeys(by namespaceOf: @escaping @Sendable (RawSpan) -> UInt16) {
        let taken = shards.lock(allShards)
        defer { shards.unlock(taken) }
        for number in 0..<shards.count {
            shards.withState(number) { $0.bans.namespaceOf = namespaceOf }
        }
    }

    /// Bans that some shard has not carried out yet, at the most of all shards.
    ///
    /// - Complexity: O(shards).
    public var activeBanCount: Int {
        (0..<shards.count).reduce(0) { most, number in
            max(most, shards.withLock(number) { $0.bans.active.count })
        }
    }
}
