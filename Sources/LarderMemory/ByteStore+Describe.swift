import LarderCore
import LarderPolicy

/// All that the store knows of an entry, for those who ask why a read does what it does.
public struct EntryDescription: Sendable {
    /// What it is to a read.
    public let standing: Standing
    /// Where it came from; `nil` for a plain entry.
    public let provenance: Provenance?
    /// When it ceases to be fresh.
    public let expiry: Moment
    /// When it is removed.
    public let end: Moment
    /// Bytes of the value.
    public let valueBytes: Int
    /// Bytes that it takes in memory, with its share of the tables.
    public let storedBytes: Int
    /// How often the policy has seen it hit; `nil` when it does not count.
    public let frequency: Int?
    /// Writes, deletes and bans so far of the keys that share its stripe.
    public let generation: UInt32
    /// The entry's version; `nil` while nobody has asked for it.
    public let version: UInt64?
    /// Milliseconds since it was last used, at least.
    public let idleMilliseconds: UInt64
    /// The shard that it is in.
    public let shard: Int
}

extension ByteStore {
    /// Describes the entry of `key`, if there is one, stale and negative ones too. Counts as no
    /// access.
    public func describe(
        _ key: RawSpan, _ hash: UInt64, database: Int, at now: Moment
    ) -> EntryDescription? {
        shards.withLock(shards.number(hash)) { state in
            state.describe(key, hash, state.spaces[database], at: now)
        }
    }

    /// What there is of `key`. Counts as no access.
    public func standing(
        of key: RawSpan, _ hash: UInt64, database: Int, at now: Moment
    ) -> Standing {
        shards.withLock(shards.number(hash)) { state in
            let found = state.find(key, hash, state.spaces[database], at: now)
            return ShardState.standing(of: found, at: now)
        }
    }
}

extension ShardState {
    fileprivate mutating func describe(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16, at now: Moment
    ) -> EntryDescription? {
        guard let found = find(key, hash, space, at: now) else { return nil }
        let block = found.block
        let isLarge = block.header.shape.contains(.large)
        return EntryDescription(
            standing: Self.standing(of: found, at: now), provenance: block.provenance,
            expiry: block.visibleExpiry, end: block.expiry,
            valueBytes: isLarge ? largeValue(of: block).byteCount : block.plainValueLength,
            storedBytes: weight(of: block) + ByteStore.overheadPerEntry,
            frequency: driver.frequency(of: SlotID(rawValue: found.slot)),
            generation: generations[Self.stripe(hash)], version: block.version,
            idleMilliseconds: block.header.idleMilliseconds(at: now), shard: number)
    }
}
