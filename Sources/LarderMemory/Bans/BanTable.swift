import LarderCore

/// A ban as a shard has it.
struct ShardBan {
    let scope: BanScope
    let isHard: Bool
    /// When it was said: what it makes stale is stale since then.
    let time: Moment
    let epoch: UInt32
    /// The key space of database 0 then. A flushed one is dead, an exchanged one stays banned.
    let space: UInt16
    /// The namespace of all that it can match; 0 if that is unknown.
    let within: UInt16
    /// Where the sweep has seen all slots that there were.
    var end: UInt64 = 0
}

/// What bans do to an entry.
enum BanVerdict: Equatable {
    case spared
    /// It is stale since then.
    case softened(Moment)
    case dead
}

/// The bans of a shard that its sweep has not carried out yet, and some that it has.
///
/// Epochs go round: one is newer than another if it is less than half of all numbers ahead. A sweep
/// brings each entry's epoch up to date, so none falls back so far.
struct BanTable {
    private(set) var active: [ShardBan] = []
    /// Those that the sweep is done with: loads that began before them must still not fill.
    private var past: [ShardBan] = []
    /// As many as `active` has: what a hit looks at.
    private(set) var activeCount: UInt32 = 0 {
        didSet { isInterested = activeCount > 0 || hasOtherInterest }
    }
    /// Whether a write must be looked at: one test for bans and for what else wants to know.
    private(set) var isInterested = false
    /// Somebody else wants plain writes looked at.
    var hasOtherInterest = false {
        didSet { isInterested = activeCount > 0 || hasOtherInterest }
    }
    /// The last ban.
    private(set) var epoch: UInt32 = 0
    /// The last ban that the table has forgotten. Loads that began before it do not fill.
    private var forgotten: UInt32 = 0
    /// The sweep: how often it was round, and the slot that it looks at next.
    private var cursor: UInt64 = 0
    /// The namespace of a key, for entries that do not know theirs.
    var namespaceOf: (@Sendable (RawSpan) -> UInt16)?

    /// 64: a hit compares its key with each in half a microsecond.
    static var activeMax: Int { 64 }
    static var pastMax: Int { 64 }

    @inline(__always) var isEmpty: Bool { activeCount == 0 }

    static func isNewer(_ epoch: UInt32, than other: UInt32) -> Bool {
        Int32(bitPattern: epoch &- other) > 0
    }

    /// Adds a ban. If there are too many, it becomes one of its whole namespace or of everything.
    ///
    /// - Returns: The ban as it was added, and whether it was widened.
    mutating func add(_ ban: ShardBan) -> (ban: ShardBan, isWidened: Bool) {
        epoch = ban.epoch
        var added = ban
        let isWidened = active.count >= Self.activeMax
        if isWidened {
            let inside = active.filter { $0.within != 0 && $0.within == ban.within }
            added = inside.isEmpty ? everything(ban) : namespace(ban, inside)
        }
        added.end = cursor + 1 << 32
        active.append(added)
        activeCount = UInt32(active.count)
        return (added, isWidened)
    }

    private mutating func namespace(_ ban: ShardBan, _ inside: [ShardBan]) -> ShardBan {
        active.removeAll { $0.within != 0 && $0.within == ban.within }
        return widened(ban, to: .namespace(ban.within), inside, within: ban.within)
    }

    private mutating func everything(_ ban: ShardBan) -> ShardBan {
        let all = active
        active.removeAll()
        return widened(ban, to: .everything, all, within: 0)
    }

    /// A ban in the place of several: hard if one of them is.
    private mutating func widened(
        _ ban: ShardBan, to scope: BanScope, _ others: [ShardBan], within: UInt16
    ) -> ShardBan {
        ShardBan(
            scope: scope, isHard: ban.isHard || others.contains { $0.isHard }, time: ban.time,
            epoch: ban.epoch, space: ban.space, within: within)
    }

    /// There is no entry to be swept: all bans are carried out.
    mutating func endAll() {
        for ban in active { keep(ban) }
        active.removeAll()
        (activeCount, cursor) = (0, 0)
    }

    /// The next slot to be looked at, of `count`; `nil` when all bans are carried out.
    mutating func nextSlot(of count: Int) -> UInt32? {
        if cursor & 0xFFFF_FFFF >= UInt64(count) { cursor = (cursor >> 32 + 1) << 32 }
        while let first = active.first, first.end <= cursor {
            keep(first)
            active.removeFirst()
        }
        activeCount = UInt32(active.count)
        guard !isEmpty, count > 0 else { return nil }
        defer { cursor += 1 }
        return UInt32(cursor & 0xFFFF_FFFF)
    }

    private mutating func keep(_ ban: ShardBan) {
        past.append(ban)
        guard past.count > Self.pastMax else { return }
        forgotten = past.removeFirst().epoch
    }

    /// What the active bans do to an entry. One without a provenance was there before all that
    /// match it, and has no stale window: a soft ban ends it.
    func verdict(on block: Block) -> BanVerdict {
        guard block.header.shape.contains(.provenance) else {
            return hasMatch(block) ? .dead : .spared
        }
        let known = block.banEpoch
        guard known != epoch else { return .spared }
        var since: Moment?
        for ban in active where Self.isNewer(ban.epoch, than: known) && matches(ban, block) {
            if ban.isHard || block.isDated { return .dead }
            since = min(since ?? ban.time, ban.time)
        }
        return since.map { .softened($0) } ?? .spared
    }

    private func hasMatch(_ block: Block) -> Bool {
        let header = block.header
        return hasMatch(block.span(header.keyOffset, header.keyLength), header.space)
    }

    /// Whether an active ban matches a key without tags.
    func hasMatch(_ key: RawSpan, _ space: UInt16) -> Bool {
        active.contains { ban in
            matches(ban, key, space, namespace: 0) { _ in false }
        }
    }

    func matches(_ ban: ShardBan, _ block: Block) -> Bool {
        let header = block.header
        let isPlain = !header.shape.contains(.provenance)
        return matches(
            ban, block.span(header.keyOffset, header.keyLength), header.space,
            namespace: isPlain ? 0 : block.namespace
        ) { tag in !isPlain && block.packedTags.hasTag(tag) }
    }

    private func matches(
        _ ban: ShardBan, _ key: RawSpan, _ space: UInt16, namespace: UInt16,
        hasTag: ([UInt8]) -> Bool
    ) -> Bool {
        switch ban.scope {
        case .key: false
        case .tag(let tag): hasTag(tag)
        case .prefix(let prefix): space == ban.space && prefix.matches(key)
        case .namespace(let number):
            space == ban.space
                && number == (namespace != 0 ? namespace : namespaceOf?(key) ?? 0)
        case .everything: true
        }
    }

    /// Whether a load of `key` that began at the ban epoch `began` may still fill. What it brought
    /// has `tags`, packed; `nil` if that is unknown, or it brought nothing that has any.
    func permits(
        _ key: RawSpan, _ space: UInt16, since began: UInt32, namespace: UInt16, tags: [UInt8]?
    ) -> Bool {
        guard began != epoch else { return true }
        guard !Self.isNewer(forgotten, than: began) else { return false }
        for ban in [past, active].joined() where Self.isNewer(ban.epoch, than: began) {
            let isMeant = matches(ban, key, space, namespace: namespace) { tag in
                guard let tags else { return true }
                return unsafe tags.span.bytes.hasTag(tag)
            }
            if isMeant { return false }
        }
        return true
    }
}
