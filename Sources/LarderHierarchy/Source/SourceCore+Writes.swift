public import LarderCore
import LarderResilience

// What is written here, banned, or loaded, on its way to the levels.
extension SourceCore {
    /// A write under way, for `endWrite`.
    public struct WriteID: Sendable {
        let keys: [Key]
        /// Whether the keys are marked; only levels need that.
        let isMarked: Bool
        let isByName: Bool

        /// A write that no level is to hear of.
        static func unmarked(_ keys: [Key]) -> Self {
            Self(keys: keys, isMarked: false, isByName: false)
        }
    }

    /// Keys are about to be written or deleted, in memory or in the origin.
    ///
    /// All levels drop them. Until `endWrite`, and until the levels have done so, no level is
    /// believed; and what loads under way bring goes into none.
    ///
    /// - Complexity: O(keys × levels).
    public mutating func beginWrite(
        of keys: [Key], at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) -> WriteID {
        guard !levels.isEmpty else { return .unmarked(keys) }
        let isByName = marks.beginWrite(of: keys)
        for level in levels.indices {
            for key in keys { levels[level].writes.append(.remove, of: key, at: now) }
            sendWrites(to: level, at: now, &actions)
        }
        return WriteID(keys: keys, isMarked: true, isByName: isByName)
    }

    /// They were, and memory's generations have moved. What was wrong with their loads is over,
    /// unless the write did not come about.
    ///
    /// - Complexity: O(keys).
    public mutating func endWrite(_ write: WriteID, isDone: Bool = true) {
        if write.isMarked { marks.endWrite(of: write.keys, isByName: write.isByName) }
        guard isDone else { return }
        for key in write.keys {
            failures.noteSuccess(of: key)
            unstorable.remove(key)
        }
    }

    /// All matching entries that were loaded before the ban's time are to die, or grow stale, in
    /// the levels. To be called before memory is told.
    ///
    /// - Complexity: O(keys that wait to be written).
    public mutating func ban(
        _ ban: Ban, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        counted.bans += 1
        recentBans.append(ban, at: max(ban.time, now))
        if case .key(let key) = ban.scope {
            failures.noteSuccess(of: key)
            unstorable.remove(key)
        }
        for level in levels.indices {
            levels[level].writes.append(ban)
            sendWrites(to: level, at: now, &actions)
        }
    }

    /// A write to a level has ended, with a failure or without.
    public mutating func wrote(
        _ failure: SourceFailure?, by ask: AskID, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        guard let batch = batches.element(ask.ticket),
            case .write(let level, let number) = batch.place
        else { return }
        _ = batches.remove(ask.ticket)
        deadlines.remove(ask.ticket.index)
        if failure != nil { counted.failedWrites += 1 }
        if case .asked(let permit, _) = batch.stage {
            _ = levels[level].breaker.record(
                failure == nil ? .success : .failure, of: permit, at: now, using: &random)
        }
        levels[level].ended(number, succeeded: failure == nil, at: now, using: &random)
        sendWrites(to: level, at: now, &actions)
    }

    /// Writes what may be written to a level now.
    mutating func sendWrites(
        to level: Int, at now: Tick, _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        while let (send, permit) = levels[level].takeWrite(at: now, using: &random) {
            var batch = Batch(place: .write(level: level, number: send.number), loads: [])
            batch.stage = .asked(permit, at: now)
            let id = AskID(ticket: batches.insert(batch))
            deadlines.insert(
                id.ticket.index, deadline: now.advanced(by: configuration.levelLimit))
            actions.append(.write(id, level: level, send.change))
        }
    }

    /// Puts what a load brought into the levels above its place, or drops what those have: what
    /// was seen once must not give way to something older.
    mutating func write(
        _ entry: Entry?, of load: Load<Token, Flights.FlightID>, to place: Int, at now: Tick,
        _ actions: inout [SourceAction<Token, Waiter>]
    ) {
        let kept = entry.flatMap { hasMoved(load, $0) ? nil : $0 }
        for level in 0..<place {
            if let kept {
                levels[level].writes.append(.put(kept), of: load.need.key, at: now)
            } else if load.emptyLevels & (1 << level) == 0 {
                levels[level].writes.append(.remove, of: load.need.key, at: now)
            }
            sendWrites(to: level, at: now, &actions)
        }
    }

    /// Whether what a load brought may be older than a write, or than a ban of that strength.
    func hasMoved(
        _ load: Load<Token, Flights.FlightID>, _ entry: Entry, by strength: Ban.Strength = .soft
    ) -> Bool {
        let namespace = configuration.rules[load.need.binding].namespace
        return marks.hasMoved(load.need.key, since: load.standing)
            || recentBans.matches(
                entry, namespace: namespace, since: load.begin, strength: strength)
    }
}
