import LarderCore

/// What is still to be written to one level, and what its answers are worth meanwhile.
///
/// A value without clock, lock or I/O. Of each key one write is under way at most, and only the
/// newest of those behind it waits; so the level ends with what came last, however slow it is.
/// While anything is under way or waits for a key, and after a write that failed, nobody believes
/// what the level says about the key: an older copy never shines through (P2).
///
/// So every change that is appended must come: what cannot be put is removed, what fails is tried
/// until the level has dropped the key, and when too many keys are in doubt, the level is emptied
/// and not believed before it is.
struct LevelWrites: Sendable {
    /// What becomes of a key in the level.
    enum Change: Hashable, Sendable {
        case put(Entry)
        case remove
    }

    /// A write that is to be made now.
    struct Send: Hashable, Sendable {
        /// For `ended`.
        let number: UInt64
        let change: LevelChange
    }

    private struct Doubt {
        /// What comes next; `nil` when the change under way is the last.
        var next: Change?
        var isUnderWay = false
        var isInRemoves = false
        var isInPuts = false
        /// A write of it has failed. It goes alone, so that it fails nobody else's again.
        var hasFailed = false
    }

    private struct UnderWay {
        var keys: [Key] = []
        var putBytes = 0
        var isPut = false
        var isBan = false
    }

    struct PendingBan {
        let ban: Ban
        /// The last write before it. Puts up to that one may be older than the ban, and must have
        /// ended before the level is told.
        let after: UInt64
        /// It empties the level, of which nobody knows what is wrong in it.
        let isForOverflow: Bool
        var isUnderWay = false
    }

    let bounds: LevelWriteBounds
    private var doubts: [Key: Doubt] = [:]
    /// Keys whose next change is a removal; some may have another by now.
    private var removes = Fifo<Key>()
    /// Keys whose next change is a put; some may have another by now.
    private var puts = Fifo<Key>()
    /// Keys of which a write failed.
    private var failed = Fifo<Key>()
    private var underWay: [UInt64: UnderWay] = [:]
    var bans: [PendingBan] = []
    /// What was asked before a ban had ended may still answer with what it meant.
    var endedBans = RecentBans()
    private(set) var lastNumber: UInt64 = 0
    /// Bytes of entries that wait or are being written.
    private(set) var putBytes = 0
    /// Keys whose next change is a put.
    private var waitingPutCount = 0
    /// How often a bound was reached.
    private(set) var overflowCount = 0

    init(_ bounds: LevelWriteBounds = .init()) {
        self.bounds = bounds
    }

    /// Keys in doubt.
    var count: Int { doubts.count }
    /// Whether all that was to be written is.
    var isIdle: Bool { doubts.isEmpty && bans.isEmpty }
    /// Whether the level may have old copies that nobody remembers.
    var isBlind: Bool { bans.contains(where: \.isForOverflow) }

    /// Whether the level's answer for `key` counts.
    ///
    /// - Complexity: O(bans that wait).
    func believes(_ key: Key) -> Bool { doubts[key] == nil && !isBlind }

    /// Notes a change at `now`, in place of one of the same key that waits.
    ///
    /// - Complexity: O(1).
    mutating func append(_ change: Change, of key: Key, at now: Tick) {
        if doubts[key] == nil {
            guard doubts.count < bounds.keys else { return overflow(at: now) }
            doubts[key] = Doubt()
        }
        setNext(isPossible(change) ? change : .remove, of: key)
    }

    private func isPossible(_ change: Change) -> Bool {
        guard case .put(let entry) = change else { return true }
        return !isBlind && putBytes + entry.byteCount <= bounds.putBytes
    }

    /// There is no room to remember that what the level has of a key is too old.
    private mutating func overflow(at now: Tick) {
        overflowCount += 1
        append(Ban(.everything, .hard, before: now), isForOverflow: true)
    }

    private mutating func setNext(_ change: Change, of key: Key) {
        guard var doubt = doubts[key] else { return }
        if case .put(let old) = doubt.next {
            putBytes -= old.byteCount
            waitingPutCount -= 1
        }
        if case .put(let entry) = change {
            putBytes += entry.byteCount
            waitingPutCount += 1
        }
        doubt.next = change
        doubts[key] = doubt
        if !doubt.isUnderWay { enqueue(key) }
    }

    private mutating func enqueue(_ key: Key) {
        guard var doubt = doubts[key] else { return }
        switch doubt.next {
        case .remove where !doubt.isInRemoves:
            doubt.isInRemoves = true
            if doubt.hasFailed { failed.append(key) } else { removes.append(key) }
        case .put where !doubt.isInPuts:
            doubt.isInPuts = true
            puts.append(key)
        default: return
        }
        doubts[key] = doubt
    }

    /// Has the puts that wait become removals of which `isMeant`.
    mutating func dropPuts(where isMeant: (Entry) -> Bool) {
        guard waitingPutCount > 0 else { return }
        for (key, doubt) in doubts {
            if case .put(let entry) = doubt.next, isMeant(entry) { setNext(.remove, of: key) }
        }
    }

    /// Takes what may be written now. `ended` is to be called when it is.
    ///
    /// Removals go before puts, since more is wrong while they wait.
    ///
    /// - Complexity: O(keys of the write), amortised.
    mutating func take() -> Send? {
        guard underWay.count < bounds.atOnce else { return nil }
        if let ban = takeBan() {
            return begin(.ban(ban), UnderWay(isBan: true))
        }
        if let batch = takeRemoves() { return batch }
        return takePuts()
    }

    private mutating func begin(_ change: LevelChange, _ write: UnderWay) -> Send {
        lastNumber += 1
        underWay[lastNumber] = write
        return Send(number: lastNumber, change: change)
    }

    private mutating func takeRemoves() -> Send? {
        var keys: [Key] = []
        if let key = Self.take(from: &failed, &doubts, isPut: false) {
            keys = [key]
        } else {
            while keys.count < bounds.batch,
                let key = Self.take(from: &removes, &doubts, isPut: false)
            {
                keys.append(key)
            }
        }
        guard !keys.isEmpty else { return nil }
        for key in keys { doubts[key]?.next = nil }
        return begin(.remove(keys), UnderWay(keys: keys))
    }

    private mutating func takePuts() -> Send? {
        var entries: [Entry] = []
        while entries.count < bounds.batch,
            let key = Self.take(from: &puts, &doubts, isPut: true),
            case .put(let entry) = doubts[key]?.next
        {
            doubts[key]?.next = nil
            waitingPutCount -= 1
            entries.append(entry)
        }
        guard !entries.isEmpty else { return nil }
        let bytes = entries.reduce(0) { $0 + $1.byteCount }
        return begin(
            .put(entries), UnderWay(keys: entries.map(\.key), putBytes: bytes, isPut: true))
    }

    /// The next key of `queue` that still wants that.
    private static func take(
        from queue: inout Fifo<Key>, _ doubts: inout [Key: Doubt], isPut: Bool
    ) -> Key? {
        while let key = queue.popFirst() {
            guard var doubt = doubts[key] else { continue }
            if isPut { doubt.isInPuts = false } else { doubt.isInRemoves = false }
            let isWanted =
                switch doubt.next {
                case .put: isPut
                case .remove: !isPut
                case nil: false
                }
            let isTaken = isWanted && !doubt.isUnderWay
            doubt.isUnderWay = doubt.isUnderWay || isTaken
            doubts[key] = doubt
            if isTaken { return key }
        }
        return nil
    }

    /// The write of that number has ended.
    ///
    /// - Complexity: O(keys of the write).
    mutating func ended(_ number: UInt64, succeeded: Bool, at now: Tick) {
        guard let write = underWay.removeValue(forKey: number) else { return }
        if write.isBan { return endedBan(succeeded: succeeded, at: now) }
        putBytes -= write.putBytes
        for key in write.keys { end(key, succeeded: succeeded) }
    }

    private mutating func end(_ key: Key, succeeded: Bool) {
        guard var doubt = doubts[key] else { return }
        doubt.isUnderWay = false
        if !succeeded {
            doubt.hasFailed = true
            // What a put that failed has left is unknown: it is removed.
            if doubt.next == nil { doubt.next = .remove }
        }
        if doubt.next == nil {
            doubts[key] = nil
        } else {
            doubts[key] = doubt
            enqueue(key)
        }
    }

    /// Whether a put is under way that began no later than the write of that number.
    func hasPut(upTo number: UInt64) -> Bool {
        underWay.contains { $0.key <= number && $0.value.isPut }
    }

    /// Whether `take` may give something.
    var canTake: Bool { isWaiting && underWay.count < bounds.atOnce }

    /// Whether a write is to be made, if there is room for it.
    var isWaiting: Bool {
        doubts.count > underWay.values.reduce(0) { $0 + $1.keys.count }
            || bans.contains { !$0.isUnderWay }
    }

    /// - Throws: `InvariantViolation` if its parts disagree.
    func checkInvariants() throws(InvariantViolation) {
        var bytes = underWay.values.reduce(0) { $0 + $1.putBytes }
        var puts = 0
        let busy = Set(underWay.values.flatMap(\.keys))
        for (key, doubt) in doubts {
            if case .put(let entry) = doubt.next {
                bytes += entry.byteCount
                puts += 1
            }
            try InvariantViolation.check(
                doubt.isUnderWay == busy.contains(key), "\(key) is wrongly under way")
            let isQueued =
                switch doubt.next {
                case .put: doubt.isInPuts
                case .remove: doubt.isInRemoves
                case nil: doubt.isUnderWay
                }
            try InvariantViolation.check(
                isQueued || doubt.isUnderWay, "\(key) is in doubt for ever")
        }
        try InvariantViolation.check(
            puts == waitingPutCount, "\(waitingPutCount) puts wait, in truth \(puts)")
        try InvariantViolation.check(bytes == putBytes, "\(putBytes) bytes, in truth \(bytes)")
        try InvariantViolation.check(doubts.count <= bounds.keys, "too many keys in doubt")
        try InvariantViolation.check(bans.count <= bounds.bans + 1, "too many bans")
        try InvariantViolation.check(underWay.count <= bounds.atOnce, "too many writes")
    }
}

extension Entry {
    /// About what it takes to keep it.
    var byteCount: Int {
        key.bytes.count + value.count + tags.reduce(0) { $0 + $1.count } + MemoryLayout<Self>.stride
    }
}
