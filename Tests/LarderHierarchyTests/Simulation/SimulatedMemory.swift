import LarderCore

@testable import LarderHierarchy

/// The memory level in a simulation: entries, generations, and the epoch of bans.
struct SimulatedMemory {
    /// Where a key stands.
    struct Token: Hashable, Sendable {
        var generation = 0
        var epoch = 0
    }

    struct Stored {
        /// `nil`: there is no such key.
        var entry: Entry?
        var created: Tick
        var freshUntil: Tick
        var end: Tick
        /// The write that a negative entry knows of.
        var version = 0
    }

    private(set) var entries: [Key: Stored] = [:]
    private var generations: [Key: Int] = [:]
    private var epoch = 0

    func token(of key: Key) -> Token {
        Token(generation: generations[key, default: 0], epoch: epoch)
    }

    /// Whether `need` has nothing to wait for.
    func holds(_ need: Need<Token>, at now: Tick) -> Bool {
        guard let stored = entries[need.key], now < stored.freshUntil else { return false }
        return need.refreshed.map { stored.created > $0 } ?? true
    }

    mutating func write(_ key: Key, _ stored: Stored?) {
        generations[key, default: 0] += 1
        entries[key] = stored
    }

    /// The key moves on; returns where it stands.
    mutating func announce(_ key: Key) -> Token {
        generations[key, default: 0] += 1
        return token(of: key)
    }

    mutating func evict(_ key: Key) { entries[key] = nil }

    mutating func set(_ key: Key, _ stored: Stored) { entries[key] = stored }

    /// Lets die, or grow stale, what is there now.
    mutating func ban(_ ban: Ban, movesAbsent: Bool) {
        if movesAbsent { epoch += 1 }
        for (key, stored) in entries {
            let entry = stored.entry ?? Entry(key: key, value: [], created: stored.created)
            guard ban.scope.covers(entry, namespace: "all") else { continue }
            if ban.strength == .hard || stored.entry == nil {
                entries[key] = nil
            } else {
                entries[key]?.freshUntil = min(stored.freshUntil, ban.time)
            }
        }
    }

    /// Stores what a load brought; `isBlind` does not look at generations.
    mutating func store(
        _ fill: Fill<Token>, version: Int, at now: Tick, isBlind: Bool
    ) -> Fill<Token>.Outcome {
        let key = fill.need.key
        guard isBlind || fill.need.token == token(of: key) else { return .moved }
        switch fill.content {
        case .value(let entry):
            let fresh = entry.expires ?? now
            entries[key] = Stored(
                entry: entry, created: entry.created, freshUntil: fresh,
                end: entry.staleUntil ?? fresh)
        case .absent(let until):
            entries[key] = Stored(created: now, freshUntil: until, end: until, version: version)
        case .renewed(let created, let expires, let staleUntil):
            guard let stored = entries[key], let entry = stored.entry,
                entry.validator == fill.need.validator
            else { return .gone }
            let fresh = expires ?? now
            entries[key] = Stored(
                entry: entry, created: created, freshUntil: fresh, end: staleUntil ?? fresh)
        }
        return .stored(version: 1)
    }
}
