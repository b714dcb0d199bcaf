import LarderCore

/// What is still to be written to one level, and what its answers are worth meanwhile.
///
/// A value without clock, lock or I/O. Of each key one write is under way at most, and the newest
/// of those behind it waits; so the level ends with what came last, however slow it is. While
/// anything is under way or waits for a key, and after a removal that failed, nobody believes what
/// the level says about the key: an older copy never shines through (P2).
///
/// Bounded: when too many keys are in doubt, the level is not asked at all until all is done.
struct LevelWrites: Sendable {
    /// What becomes of a key in the level.
    enum Change: Hashable, Sendable {
        case put(Entry)
        case remove
    }

    private struct Doubt {
        /// What comes next; `nil` when the change under way is the last.
        var next: Change?
        var isUnderWay = false
    }

    private struct PendingBan {
        let ban: Ban
        /// Puts that may be older than the ban, and must have ended before the level is told.
        var puts: Set<Key>
        var isUnderWay = false
    }

    /// Keys in doubt at once.
    private let capacity: Int
    private var doubts: [Key: Doubt] = [:]
    /// Keys whose next change may be sent, in order.
    private var ready: [Key] = []
    private var bans: [PendingBan] = []
    /// Too many keys were in doubt; the level may have old copies that nobody remembers, until it
    /// was emptied.
    private(set) var isBlind = false
    /// How often the bound was reached.
    private(set) var overflowCount = 0

    init(capacity: Int = 100_000) {
        self.capacity = capacity
    }

    /// Keys in doubt.
    var count: Int { doubts.count }
    /// Whether all that was to be written is.
    var isIdle: Bool { doubts.isEmpty && bans.isEmpty }

    /// Whether the level's answer for `key` counts.
    func believes(_ key: Key) -> Bool { !isBlind && doubts[key] == nil }

    /// Whether an entry of the level is one that it was told, or is still to be told, to drop.
    func isBanned(_ entry: Entry, namespace: String?) -> Bool {
        bans.contains { $0.ban.matches(entry, namespace: namespace) }
    }

    /// Notes a change, in place of one of the same key that waits.
    mutating func append(_ change: Change, of key: Key) {
        if doubts[key] != nil {
            if doubts[key]?.next == nil, doubts[key]?.isUnderWay == false { ready.append(key) }
            doubts[key]?.next = change
            return
        }
        guard doubts.count < capacity else {
            // A put may be left out; a removal that is forgotten makes every answer doubtful.
            if change == .remove { overflow() }
            return
        }
        doubts[key] = Doubt(next: change)
        ready.append(key)
    }

    private mutating func overflow() {
        overflowCount += 1
        guard !isBlind else { return }
        isBlind = true
        // What begins after this is believed again once all of it is gone.
        append(Ban(.everything, .hard, before: Tick(nanoseconds: .max)))
    }

    /// Notes a ban. It goes out when no older put is under way any more.
    mutating func append(_ ban: Ban) {
        for (key, doubt) in doubts {
            guard case .put(let entry) = doubt.next, ban.matches(entry, namespace: nil) else {
                continue
            }
            doubts[key]?.next = .remove
        }
        let puts = doubts.filter(\.value.isUnderWay).map(\.key)
        bans.append(PendingBan(ban: ban, puts: Set(puts)))
    }

    /// Takes up to `limit` changes that may be sent now.
    mutating func takeReady(limit: Int) -> [(key: Key, change: Change)] {
        var taken: [(key: Key, change: Change)] = []
        for key in ready.prefix(limit) {
            guard let change = doubts[key]?.next else { continue }
            doubts[key] = Doubt(next: nil, isUnderWay: true)
            taken.append((key, change))
        }
        ready.removeFirst(min(limit, ready.count))
        return taken
    }

    /// A change has ended.
    ///
    /// - Returns: Whether it is to be tried again: it failed, and nothing newer is there.
    mutating func ended(_ change: Change, of key: Key, succeeded: Bool) -> Bool {
        for index in bans.indices { bans[index].puts.remove(key) }
        guard var doubt = doubts[key] else { return false }
        doubt.isUnderWay = false
        if doubt.next == nil, succeeded {
            doubts[key] = nil
            return false
        }
        let isAgain = doubt.next == nil
        // What a put that failed has left is unknown: it is removed.
        if isAgain { doubt.next = .remove }
        doubts[key] = doubt
        if !isAgain { ready.append(key) }
        return isAgain
    }

    /// The rest of a change that failed is over.
    mutating func retry(_ key: Key) {
        guard let doubt = doubts[key], !doubt.isUnderWay, !ready.contains(key) else { return }
        ready.append(key)
    }

    /// The next ban that may be sent.
    mutating func takeBan() -> Ban? {
        guard let first = bans.first, !first.isUnderWay, first.puts.isEmpty else { return nil }
        bans[0].isUnderWay = true
        return first.ban
    }

    /// The ban that was taken has ended. One that failed is taken again later.
    mutating func endedBan(succeeded: Bool) {
        guard succeeded else {
            bans[0].isUnderWay = false
            return
        }
        let ban = bans.removeFirst()
        if case .everything = ban.ban.scope, ban.ban.time.nanoseconds == .max { isBlind = false }
    }
}
