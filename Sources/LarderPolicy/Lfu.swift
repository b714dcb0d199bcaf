// LFU: the least frequently used entry leaves, and of those the least recently used.
//
// Entries are counted while they are held; a newcomer starts at one. All of them stand in one list,
// the next victim last: by frequency, and those of one frequency by last use. So those of one
// frequency are a run of neighbours, of which only the first one is noted. A hit moves an entry to
// the front of the run ahead if that is the next frequency, else to the front of its own, where it
// founds a new run: constant work, whatever the frequencies.
//
//     hit(x):   y = first of x's run, or of the run ahead if its frequency is one more
//               put x ahead of y; x.frequency += 1
//     miss(x):  while x does not fit: evict the last of the list
//               x.frequency = 1; put x ahead of the first of frequency 1, or else last
//
// Entries that were popular once never leave: `lfuda` ages them.
//
// Where we differ: the paper does not say which one of the least frequent leaves, and keeps the
// runs in lists of their own. Entries have weights, so one newcomer may evict several, and one that
// is heavier than the capacity is refused. Cost and priority are ignored.
//
// [1] K. Shah, A. Mitra, D. Matani, An O(1) algorithm for implementing the LFU cache eviction
//     scheme, 2010, https://arxiv.org/abs/2110.11602

public import LarderCore

/// The LFU eviction policy in constant time [1], ties broken by recency.
public struct Lfu: Policy, ~Copyable {
    /// What is known of a slot beside its place.
    struct Entry: BitwiseCopyable {
        var weight: UInt32
        /// Index of its run.
        var run: UInt32
    }

    /// Neighbours of one frequency.
    struct Run: BitwiseCopyable {
        /// 0 in a run that is free.
        var frequency: UInt64
        /// The first of them; in a free run the next free run plus 1, or 0.
        var first: UInt32
    }

    /// Bytes of storage per slot. Beside them 16 bytes for each frequency that entries ever had at
    /// once, which are few: a million different ones take 500 billion hits.
    public static var bytesPerSlot: Int {
        SlotLinks.bytesPerSlot + MemoryLayout<Entry>.stride
    }

    var links: SlotLinks
    /// The least frequently used last.
    var order: SlotList
    var entries: ReservedArray<Entry>
    var runs: ReservedArray<Run>
    /// First free run plus 1; 0 when there is none.
    private var firstFree: UInt32 = 0

    /// Weight of all entries held.
    public private(set) var totalWeight = 0

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 1)
        order = links.makeList()
        entries = ReservedArray(reserving: slotCapacity)
        runs = ReservedArray(reserving: slotCapacity + 1)
    }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        links.storageBytes + entries.storageBytes + runs.storageBytes
    }

    /// Evicts until the newcomer fits, and puts it ahead of those that were used once.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(links.isFree(slot), "A slot is admitted once.")
        let limit = totalWeight + room
        let weight = Int(access.weight)
        guard weight <= limit else {
            evict(downTo: limit, into: &victims)
            victims.append(slot)
            return
        }
        evict(downTo: limit - weight, into: &victims)
        if slot.index >= entries.count { entries.grow(toCount: slot.index + 1) }
        let run = runOfNewcomers()
        let first = runs[Int(run)].first
        let other = SlotID(rawValue: first)
        order.insert(slot, aheadOf: other == .none ? nil : other, in: &links)
        runs[Int(run)].first = slot.rawValue
        entries[slot.index] = Entry(weight: access.weight, run: run)
        totalWeight += weight
    }

    /// Moves the entry to the front of those that were used as often as it is now.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(links.isLinked(slot), "Only a held slot can be touched.")
        var entry = entries[slot.index]
        totalWeight += Int(access.weight) - Int(entry.weight)
        entry.weight = access.weight
        let run = runs[Int(entry.run)]
        let first = SlotID(rawValue: run.first)
        if let neighbour = order.slot(before: first, in: links) {
            let next = entries[neighbour.index].run
            if runs[Int(next)].frequency == run.frequency + 1 {
                leave(entry.run, slot)
                order.move(slot, aheadOf: head(of: next), in: &links)
                runs[Int(next)].first = slot.rawValue
                entry.run = next
                entries[slot.index] = entry
                return
            }
        }
        found(run.frequency + 1, with: slot, &entry)
        entries[slot.index] = entry
    }

    /// Takes the entry out of the list.
    public mutating func remove(_ slot: SlotID) {
        precondition(links.isLinked(slot), "Only a held slot can be removed.")
        let entry = entries[slot.index]
        leave(entry.run, slot)
        order.remove(slot, in: &links)
        totalWeight -= Int(entry.weight)
    }

    /// The least frequently used entry; of several, the one whose last use is longest ago.
    public mutating func coldest() -> SlotID? {
        order.last(in: links)
    }
}

extension Lfu {
    /// How often the entry was used since it came, its admission included.
    ///
    /// - Complexity: O(1).
    public func frequency(of slot: SlotID) -> UInt64 {
        runs[Int(entries[slot.index].run)].frequency
    }

    private func head(of run: UInt32) -> SlotID { SlotID(rawValue: runs[Int(run)].first) }

    /// The entry that follows `slot` in its run; `nil` if it is the last there.
    private func follower(of slot: SlotID, in run: UInt32) -> SlotID? {
        guard let next = order.slot(after: slot, in: links), entries[next.index].run == run else {
            return nil
        }
        return next
    }

    /// Takes note that `slot` is leaving its run, which ends with its last entry.
    private mutating func leave(_ run: UInt32, _ slot: SlotID) {
        guard runs[Int(run)].first == slot.rawValue else { return }
        if let next = follower(of: slot, in: run) {
            runs[Int(run)].first = next.rawValue
        } else {
            runs[Int(run)] = Run(frequency: 0, first: firstFree)
            firstFree = run + 1
        }
    }

    /// Puts `slot` ahead of its run, as the first of a higher frequency that nobody has.
    private mutating func found(_ frequency: UInt64, with slot: SlotID, _ entry: inout Entry) {
        let first = head(of: entry.run)
        if first != slot {
            order.move(slot, aheadOf: first, in: &links)
        } else if let next = follower(of: slot, in: entry.run) {
            runs[Int(entry.run)].first = next.rawValue
        } else {
            runs[Int(entry.run)].frequency = frequency
            return
        }
        entry.run = makeRun(Run(frequency: frequency, first: slot.rawValue))
    }

    /// The run of frequency 1, which may have no first entry yet.
    private mutating func runOfNewcomers() -> UInt32 {
        if let last = order.last(in: links) {
            let run = entries[last.index].run
            if runs[Int(run)].frequency == 1 { return run }
        }
        return makeRun(Run(frequency: 1, first: SlotID.none.rawValue))
    }

    private mutating func makeRun(_ run: Run) -> UInt32 {
        guard firstFree > 0 else {
            runs.grow(toCount: runs.count + 1)
            runs[runs.count - 1] = run
            return UInt32(runs.count - 1)
        }
        let index = firstFree - 1
        firstFree = runs[Int(index)].first
        runs[Int(index)] = run
        return index
    }

    private mutating func evict(downTo weight: Int, into victims: inout [SlotID]) {
        while totalWeight > weight, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
    }
}

extension Lfu {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: the list is sound, frequencies rise towards its front,
    ///   each run knows its first entry, and `totalWeight` is the sum.
    public func checkInvariants() throws(InvariantViolation) {
        try order.checkInvariants(in: links)
        var sum = 0
        var behind: SlotID?
        for slot in order.slotsFromLast(in: links) {
            sum += Int(entries[slot.index].weight)
            if let behind, entries[behind.index].run != entries[slot.index].run {
                try InvariantViolation.check(
                    frequency(of: slot) > frequency(of: behind), "\(slot) is used less than behind")
                try InvariantViolation.check(
                    head(of: entries[behind.index].run) == behind, "\(behind) is not the first")
            }
            behind = slot
        }
        try InvariantViolation.check(
            sum == totalWeight, "totalWeight is \(totalWeight), but the sum \(sum)")
    }
}
