import LarderCore
import LarderMemory

/// What the store should do with loaded, negative and banned entries, said naively: a dictionary,
/// and bans that go through all of it at once.
struct LoadedModel {
    struct Entry: Equatable {
        var value: [UInt8]
        var freshUntil: UInt64
        var end: UInt64
        var isNegative = false
        /// It has a provenance by its writer's will.
        var isLoaded = false
        var namespace: UInt16 = 0
        var tags: [String] = []
    }

    /// A load that has begun.
    struct Load {
        let key: String
        let token: FillToken
        var isOutdated = false
        /// Bans that would have been of another's business, had they known the tags.
        var bannedTags: Set<String> = []
        var bannedNamespaces: Set<UInt16> = []
    }

    var entries: [String: Entry] = [:]
    var loads: [Load] = []

    /// What is there at `now`, for readers that take all.
    mutating func entry(_ key: String, at now: UInt64) -> Entry? {
        if let entry = entries[key], entry.end <= now { entries[key] = nil }
        return entries[key]
    }

    /// What is there for all others.
    mutating func visible(_ key: String, at now: UInt64) -> Entry? {
        guard let entry = entry(key, at: now) else { return nil }
        return entry.isNegative || entry.freshUntil <= now ? nil : entry
    }

    mutating func write(_ key: String, _ entry: Entry?) {
        entries[key] = entry
        outdate { $0.key == key }
    }

    mutating func outdate(_ isMeant: (Load) -> Bool) {
        for index in loads.indices where isMeant(loads[index]) { loads[index].isOutdated = true }
    }

    mutating func ban(_ scope: BanScope, isHard: Bool, at now: UInt64) {
        for key in entries.keys {
            guard let entry = entry(key, at: now), Self.means(scope, key, entry) else { continue }
            if isHard || !entry.isLoaded {
                entries[key] = nil
            } else if entry.freshUntil > now {
                let window = entry.end - entry.freshUntil
                entries[key]?.freshUntil = now
                entries[key]?.end = entry.end == .max ? .max : now + window
            }
        }
        switch scope {
        case .key(let bytes, _): outdate { Array($0.key.utf8) == bytes }
        case .tag(let tag):
            for index in loads.indices {
                loads[index].bannedTags.insert(String(decoding: tag, as: UTF8.self))
            }
        case .namespace(let number):
            for index in loads.indices { loads[index].bannedNamespaces.insert(number) }
        case .prefix, .everything:
            outdate { Self.means(scope, $0.key, Entry(value: [], freshUntil: 0, end: 0)) }
        }
    }

    /// Whether a load may fill with this entry.
    func permits(_ load: Load, _ entry: Entry) -> Bool {
        guard !load.isOutdated, !load.bannedNamespaces.contains(entry.namespace) else {
            return false
        }
        return entry.isNegative
            ? load.bannedTags.isEmpty : load.bannedTags.isDisjoint(with: entry.tags)
    }

    private static func means(_ scope: BanScope, _ key: String, _ entry: Entry) -> Bool {
        switch scope {
        case .key(let bytes, _): return Array(key.utf8) == bytes
        case .tag(let tag): return entry.tags.contains(String(decoding: tag, as: UTF8.self))
        case .namespace(let number): return entry.namespace == number && number != 0
        case .everything: return true
        case .prefix(let prefix):
            let parent = String(decoding: prefix.parent, as: UTF8.self)
            if parent.isEmpty { return true }
            return key.hasPrefix(parent + ":") || prefix.includesParent && key == parent
        }
    }
}
