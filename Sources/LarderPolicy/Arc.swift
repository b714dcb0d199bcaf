// ARC: between recency and frequency, a share that the misses themselves move.
//
// Two LRU lists hold the entries: `recent` those that were used once since they came, `frequent`
// those that were used again. What leaves either is remembered in a ghost of its own. A newcomer
// that the ghost of `recent` remembers would have been a hit had that list been longer, so its
// share grows; one that the other ghost remembers makes it shrink. One scan passes through `recent`
// only, and nothing is to be tuned.
//
//     hit(x):   move x to the front of frequent
//     miss(x):  x in recent's ghost:    target += max(1, |frequent's ghost| / |recent's ghost|)
//               x in frequent's ghost:  target -= max(1, |recent's ghost| / |frequent's ghost|)
//               while x does not fit:
//                   evict the last of recent if recent > target, or recent = target and x was in
//                       frequent's ghost, or frequent is empty; else the last of frequent;
//                   remember it in the ghost of its list
//               insert x in frequent if a ghost remembered it, else in recent
//               while recent and its ghost are more than were held: forget the ghost's oldest
//               while all are more than twice what was held: forget the oldest of frequent's ghost
//
// Where we differ: entries have weights. The share of `recent` counts weight, so a returning entry
// moves the target by its weight, times the paper's step. (libCacheSim moves it by the step alone,
// a few bytes of gigabytes, so that it hardly adapts: on a CDN trace in 5 % of the bytes we have
// 0.9 points more hits.) Ghosts count entries, against the number held. They are cut after the
// admission rather than before, which with entries of one weight forgets the same. An entry heavier
// than the capacity is refused. Cost and priority are ignored.
//
// [1] N. Megiddo, D. Modha, ARC: A Self-Tuning, Low Overhead Replacement Cache, FAST 2003,
//     https://www.usenix.org/conference/fast-03/arc-self-tuning-low-overhead-replacement-cache

public import LarderCore

/// The ARC eviction policy [1]: recency and frequency, weighed by what they would have saved.
public struct Arc: Policy, ~Copyable {
    /// What is known of a slot beside its place, in 12 bytes, so that a hit reads one cache line.
    struct Entry: BitwiseCopyable {
        var weight: UInt32
        private var hashLow: UInt32
        private var hashHigh: UInt32

        /// `hash` has its lowest bit clear, which says here whether the slot is in `frequent`.
        init(weight: UInt32, hash: UInt64, isFrequent: Bool) {
            self.weight = weight
            hashLow = UInt32(truncatingIfNeeded: hash) | (isFrequent ? 1 : 0)
            hashHigh = UInt32(truncatingIfNeeded: hash >> 32)
        }

        var isFrequent: Bool { hashLow & 1 != 0 }

        /// Of the key, for the ghost.
        var hash: UInt64 { UInt64(hashHigh) << 32 | UInt64(hashLow & ~1) }

        mutating func moveToFrequent() { hashLow |= 1 }
    }

    /// Bytes of storage per slot. Beside them, about 30 bytes for each entry in a ghost, of which
    /// there are at most as many as entries held.
    public static var bytesPerSlot: Int {
        SlotLinks.bytesPerSlot + MemoryLayout<Entry>.stride
    }

    /// Ghosts forgotten per admission when their limit fell: few, yet soon there.
    static let stepsMax = 64

    var links: SlotLinks
    /// Used once. Newest first, as the other.
    var recent: SlotList
    /// Used again.
    var frequent: SlotList
    var entries: ReservedArray<Entry>
    var recentGhost: GhostQueue
    var frequentGhost: GhostQueue

    var recentWeight = 0
    var frequentWeight = 0
    /// Weight that `recent` should have: the paper's p.
    var recentTarget = 0.0
    /// What `coldest` answered last, while it is held.
    private var candidate = SlotID.none

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 2)
        recent = links.makeList()
        frequent = links.makeList()
        entries = ReservedArray(reserving: slotCapacity)
        recentGhost = GhostQueue(capacity: slotCapacity)
        frequentGhost = GhostQueue(capacity: slotCapacity)
    }

    /// Weight of all entries held.
    public var totalWeight: Int { recentWeight + frequentWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        links.storageBytes + entries.storageBytes + recentGhost.storageBytes
            + frequentGhost.storageBytes
    }

    /// Moves the entry to the front of those used again.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        var entry = entries[slot.index]
        let change = Int(access.weight) - Int(entry.weight)
        if entry.isFrequent {
            frequent.moveToFront(slot, in: &links)
            if change == 0 { return }
        } else {
            recent.remove(slot, in: &links)
            frequent.prepend(slot, in: &links)
            recentWeight -= Int(entry.weight)
            frequentWeight += Int(entry.weight)
            entry.moveToFrequent()
        }
        frequentWeight += change
        entry.weight = access.weight
        entries[slot.index] = entry
    }

    /// Adapts the shares if a ghost remembers the newcomer, evicts until it fits, and puts it where
    /// it belongs.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(links.isFree(slot), "A slot is admitted once.")
        let capacity = max(0, totalWeight + room)
        let weight = Int(access.weight)
        guard weight <= capacity else {
            evict(downTo: capacity, prefersRecent: false, into: &victims)
            victims.append(slot)
            return
        }
        let hash = Self.ghostHash(of: access.hash)
        let memory = recall(hash, weight: weight, capacity: capacity)
        evict(downTo: capacity - weight, prefersRecent: memory == .frequent, into: &victims)
        insert(slot, Entry(weight: access.weight, hash: hash, isFrequent: memory != .none))
        cutGhosts(heldCount: recent.count + frequent.count)
    }

    /// Takes the entry out of its list. A ghost remembers it if it was the coldest.
    public mutating func remove(_ slot: SlotID) {
        let isEviction = slot == candidate
        take(slot, remembers: isEviction)
        // The next newcomer takes its place.
        if isEviction { cutGhosts(heldCount: recent.count + frequent.count + 1) }
    }

    /// The last of the list that is over its share.
    public mutating func coldest() -> SlotID? {
        let slot = victim(prefersRecent: false)
        candidate = slot ?? .none
        return slot
    }
}

extension Arc {
    private enum Memory { case none, recent, frequent }

    /// The hash without its lowest bit, whose place the entry needs. Shards are chosen by bits of
    /// the hash, which are therefore alike within one; the multiplication (by 2^64 over the golden
    /// ratio) spreads the others over the upper half, by which ghosts are found.
    private static func ghostHash(of hash: UInt64) -> UInt64 {
        hash &* 0x9E37_79B9_7F4A_7C15 & ~1
    }

    /// Which ghost remembers the newcomer. It no longer does, and the target has moved.
    private mutating func recall(_ hash: UInt64, weight: Int, capacity: Int) -> Memory {
        let (inRecent, inFrequent) = (Double(recentGhost.count), Double(frequentGhost.count))
        if recentGhost.take(hash) {
            let step = max(1, inFrequent / inRecent) * Double(weight)
            recentTarget = min(Double(capacity), recentTarget + step)
            return .recent
        }
        if frequentGhost.take(hash) {
            let step = max(1, inRecent / inFrequent) * Double(weight)
            recentTarget = max(0, recentTarget - step)
            return .frequent
        }
        return .none
    }

    /// The paper's REPLACE, without doing it.
    private func victim(prefersRecent: Bool) -> SlotID? {
        let weight = Double(recentWeight)
        let isOver = weight > recentTarget || (weight == recentTarget && prefersRecent)
        if isOver || frequent.count == 0, let slot = recent.last(in: links) { return slot }
        return frequent.last(in: links) ?? recent.last(in: links)
    }

    private mutating func evict(
        downTo weight: Int, prefersRecent: Bool, into victims: inout [SlotID]
    ) {
        while totalWeight > weight, let victim = victim(prefersRecent: prefersRecent) {
            take(victim, remembers: true)
            victims.append(victim)
        }
    }

    private mutating func insert(_ slot: SlotID, _ entry: Entry) {
        if slot.index >= entries.count { entries.grow(toCount: slot.index + 1) }
        entries[slot.index] = entry
        if entry.isFrequent {
            frequent.prepend(slot, in: &links)
            frequentWeight += Int(entry.weight)
        } else {
            recent.prepend(slot, in: &links)
            recentWeight += Int(entry.weight)
        }
    }

    private mutating func take(_ slot: SlotID, remembers: Bool) {
        precondition(links.isLinked(slot), "Only a held slot can be removed.")
        if slot == candidate { candidate = .none }
        let entry = entries[slot.index]
        if entry.isFrequent {
            frequent.remove(slot, in: &links)
            frequentWeight -= Int(entry.weight)
            if remembers { frequentGhost.append(entry.hash) }
        } else {
            recent.remove(slot, in: &links)
            recentWeight -= Int(entry.weight)
            if remembers { recentGhost.append(entry.hash) }
        }
    }

    /// `recent` and its ghost are at most as many as are held, all together twice as many.
    private mutating func cutGhosts(heldCount: Int) {
        for _ in 0..<Self.stepsMax {
            if recent.count + recentGhost.count > heldCount, recentGhost.count > 0 {
                recentGhost.forgetOldest()
            } else if recentGhost.count + frequentGhost.count > heldCount {
                frequentGhost.forgetOldest()
            } else {
                return
            }
        }
    }
}

extension Arc {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: lists and ghosts are sound, each slot knows its list,
    ///   weights add up.
    public func checkInvariants() throws(InvariantViolation) {
        try recent.checkInvariants(in: links)
        try frequent.checkInvariants(in: links)
        try recentGhost.checkInvariants()
        try frequentGhost.checkInvariants()
        try check(recent, areFrequent: false, weight: recentWeight)
        try check(frequent, areFrequent: true, weight: frequentWeight)
    }

    private func check(
        _ list: SlotList, areFrequent: Bool, weight: Int
    ) throws(InvariantViolation) {
        var sum = 0
        for slot in list.slotsFromLast(in: links) {
            sum += Int(entries[slot.index].weight)
            try InvariantViolation.check(
                entries[slot.index].isFrequent == areFrequent, "\(slot) is in the other list")
        }
        try InvariantViolation.check(sum == weight, "a list weighs \(sum), not \(weight)")
    }
}
