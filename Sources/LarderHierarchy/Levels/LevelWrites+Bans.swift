import LarderCore

// Bans on their way to a level: in order, one at a time, each behind the puts that may be older.
extension LevelWrites {
    /// Whether an entry is one that the level was to drop when it was asked for it, at `asked`, or
    /// is to drop now.
    ///
    /// - Complexity: O(bans that wait).
    func isBanned(_ entry: Entry, namespace: String?, askedAt asked: Tick) -> Bool {
        bans.contains { $0.ban.matches(entry, namespace: namespace) }
            || endedBans.matches(entry, namespace: namespace, since: asked)
    }

    /// Notes a ban. Puts that wait and are meant become removals.
    ///
    /// - Complexity: O(keys in doubt).
    mutating func append(_ ban: Ban) {
        append(ban, isForOverflow: false)
    }

    mutating func append(_ ban: Ban, isForOverflow: Bool) {
        dropPuts { ban.mayMatch($0) }
        let isFull = bans.count >= bounds.bans
        let waiting = bans.filter { !$0.isUnderWay }
        guard isFull || isForOverflow else {
            return bans.append(PendingBan(ban: ban, after: lastNumber, isForOverflow: false))
        }
        // Everything before the latest of them is all that they mean, and more.
        let time = waiting.reduce(ban.time) { max($0, $1.ban.time) }
        let all = Ban(.everything, .hard, before: time)
        dropPuts { all.mayMatch($0) }
        bans.removeAll { !$0.isUnderWay }
        let isBlind = isForOverflow || waiting.contains(where: \.isForOverflow)
        bans.append(PendingBan(ban: all, after: lastNumber, isForOverflow: isBlind))
    }

    /// The next ban that may be sent.
    mutating func takeBan() -> Ban? {
        guard let first = bans.first, !first.isUnderWay, !hasPut(upTo: first.after) else {
            return nil
        }
        bans[0].isUnderWay = true
        return first.ban
    }

    /// The ban that was taken has ended. One that failed is taken again later.
    mutating func endedBan(succeeded: Bool, at now: Tick) {
        if succeeded {
            endedBans.append(bans.removeFirst().ban, at: now)
        } else {
            bans[0].isUnderWay = false
        }
    }
}

extension Ban {
    /// Whether it may be meant, of whatever namespace it is.
    func mayMatch(_ entry: Entry) -> Bool {
        if case .namespace(let name) = scope { return matches(entry, namespace: name) }
        return matches(entry, namespace: nil)
    }
}
