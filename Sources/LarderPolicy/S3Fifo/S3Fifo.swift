// S3-FIFO: three static queues.
//
// Most entries that come are never used again. A small queue, a tenth of the space, lets them pass
// quickly; what is used twice there goes on to the main queue. What is not leaves, but its
// fingerprint stays in a ghost queue for a while: an entry that comes back while it is remembered
// goes to main at once. Hits move nothing, they count to three.
//
//     hit(x):   x.frequency = min(x.frequency + 1, 3)
//     miss(x):  remembered = ghost.remove(x)
//               while x does not fit: evict from main if it is over 90 %, else from small
//               insert x in main if remembered, else in small
//     small:    take the oldest; frequency >= 2: move to main; else evict, remember in ghost
//     main:     take the oldest; frequency >= 1: reinsert with frequency - 1; else evict
//
// Where we differ from the paper, with libCacheSim's later version: the small queue asks for two
// hits, and before the first eviction it takes no more than its tenth. Beyond both: entries have
// weights, of which queues have their shares, while the ghost counts entries (as many as main has);
// an entry above the small queue goes to main; an eviction spares a bounded number of entries.
//
// [1] J. Yang et al., FIFO Queues are All You Need for Cache Eviction, SOSP 2023,
//     https://doi.org/10.1145/3600006.3613147

public import LarderCore

/// The S3-FIFO eviction policy [1]: resists scans, and a hit costs one comparison.
public struct S3Fifo: Policy, ~Copyable {
    /// Bytes of storage per slot. Beside them, a node of 16 bytes for each entry that the small
    /// queue ever held at once, and 13 to 16 bytes for each entry in the ghost.
    public static var bytesPerSlot: Int {
        SlotLinks.bytesPerSlot + MemoryLayout<SlotState>.stride
    }

    /// What becomes of an entry that is heavier than the small queue may be.
    public enum OversizedRule: Sendable {
        /// It goes to main, so that a value that was stored can be read back.
        case admit
        /// It never enters, as in libCacheSim. On a CDN trace in a cache of 1 % of the bytes that
        /// is 2.7 points of hit ratio better.
        case refuse
    }

    /// 4,096 entries at two cache misses of 100 ns are 0.8 ms: one eviction stays below the
    /// millisecond that a step of housekeeping may take, however many entries were hit.
    public static var defaultSparedMax: Int { 4096 }

    /// The paper's tenth.
    static let smallShare = 10
    /// Hits in the small queue that earn a place in main; libCacheSim's choice, the paper's is 1.
    static let hitsToMain: UInt32 = 2

    @usableFromInline var states: ReservedArray<SlotState>
    /// Links of main; a slot in the small queue is parked with the number of its node there.
    var links: SlotLinks
    /// Newest entry first.
    var main: SlotList
    var small: SmallQueue
    var ghost = Ghost()
    /// Weights that do not fit a state: of simulated entries of 512 MiB and more.
    var heavyWeights: [SlotID: UInt32] = [:]

    var smallWeight = 0
    var mainWeight = 0
    /// Weight held plus room, as of the last admission.
    private var capacity = 0
    private var hasEvicted = false
    /// What `coldest` answered last, while it is held.
    private var candidate = SlotID.none
    private let sparedMax: Int
    private let oversized: OversizedRule

    /// How often an entry was evicted only because `sparedMax` others had been spared before it.
    public private(set) var sparedMaxHits = 0

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, oversized: .admit)
    }

    /// An empty policy that spares at most `sparedMax` entries per eviction.
    ///
    /// - Complexity: O(1).
    public init(
        slotCapacity: Int, oversized: OversizedRule, sparedMax: Int = defaultSparedMax
    ) {
        states = ReservedArray(reserving: slotCapacity)
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 1)
        main = links.makeList()
        small = SmallQueue(slotCapacity: slotCapacity)
        self.sparedMax = sparedMax
        self.oversized = oversized
    }

    /// Weight of all entries held.
    public var totalWeight: Int { smallWeight + mainWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        states.storageBytes + links.storageBytes + small.storageBytes + ghost.storageBytes
            + heavyWeights.capacity * MemoryLayout<(SlotID, UInt32)>.stride
    }

    /// Counts the hit, up to three.
    @inlinable public mutating func touch(_ slot: SlotID, _ access: Access) {
        var state = states[slot.index]
        guard state.holds(weight: access.weight) else { return touch(slot, weight: access.weight) }
        guard state.isBelowCap else { return }
        state.countHit()
        states[slot.index] = state
    }

    /// Evicts until the newcomer fits, then puts it in main if the ghost remembers it, else in the
    /// small queue.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(links.isFree(slot), "A slot is admitted once.")
        capacity = max(0, totalWeight + room)
        let weight = Int(access.weight)
        guard weight <= largestWeight else {
            evict(downTo: capacity, into: &victims)
            victims.append(slot)
            return
        }
        let fingerprint = Ghost.fingerprint(of: access.hash)
        let isRemembered = ghost.remove(fingerprint)
        evict(downTo: capacity - weight, into: &victims)
        let isInMain = isRemembered || weight > smallCapacity || isFillingMain
        insert(slot, weight: access.weight, isInMain: isInMain, fingerprint: fingerprint)
    }

    /// Takes the entry out of its queue. The ghost remembers it if it was the coldest.
    public mutating func remove(_ slot: SlotID) {
        precondition(!links.isFree(slot), "Only a held slot can be removed.")
        let isEviction = slot == candidate
        let state = states[slot.index]
        let weight = Int(takeWeight(of: slot))
        if state.isInMain {
            main.remove(slot, in: &links)
            mainWeight -= weight
        } else {
            let fingerprint = small.remove(links.unpark(slot))
            smallWeight -= weight
            if isEviction { ghost.insert(fingerprint, weight: weight, limit: ghostLimit) }
        }
        if isEviction { candidate = .none }
        hasEvicted = (hasEvicted || isEviction) && main.count + small.count > 0
    }

    /// The oldest entry that has not earned its stay. Moves and reinserts those that have.
    public mutating func coldest() -> SlotID? {
        if candidate != .none, !isSpared(candidate) { return candidate }
        var spared = 0
        var slot = mainWeight > mainCapacity ? nil : coldestOfSmall(&spared)
        if slot == nil { slot = coldestOfMain(&spared) }
        candidate = slot ?? .none
        return slot
    }
}

extension S3Fifo {
    private var smallCapacity: Int { capacity / Self.smallShare }

    private var largestWeight: Int {
        switch oversized {
        case .admit: capacity
        case .refuse: smallCapacity
        }
    }

    private var mainCapacity: Int { capacity - smallCapacity }

    /// As much weight as main may hold, in at most twice as many entries as are held: where small
    /// entries pass by few large ones, the ghost must not outgrow the rest.
    private var ghostLimit: Ghost.Limit {
        Ghost.Limit(
            weight: mainCapacity, entries: 2 * (main.count + small.count) + 1,
            expectedEntries: main.count)
    }

    /// Before the first eviction the small queue takes no more than its share.
    private var isFillingMain: Bool { !hasEvicted && smallWeight >= smallCapacity }

    private func isSpared(_ slot: SlotID) -> Bool {
        let state = states[slot.index]
        return state.frequency >= (state.isInMain ? 1 : Self.hitsToMain)
    }

    private mutating func coldestOfSmall(_ spared: inout Int) -> SlotID? {
        while let node = small.oldest {
            let slot = small.slot(of: node)
            guard canSpare(slot, &spared) else { return slot }
            moveToMain(slot)
        }
        return nil
    }

    private mutating func coldestOfMain(_ spared: inout Int) -> SlotID? {
        while let slot = main.last(in: links) {
            guard canSpare(slot, &spared) else { return slot }
            let frequency = states[slot.index].frequency
            states[slot.index].setFrequency(frequency - 1)
            main.moveToFront(slot, in: &links)
        }
        return nil
    }

    /// Whether `slot` has earned its stay, and enough time is left to spare it. If not, its hits
    /// are forgotten, so that it stays the coldest.
    private mutating func canSpare(_ slot: SlotID, _ spared: inout Int) -> Bool {
        guard isSpared(slot) else { return false }
        spared += 1
        if spared <= sparedMax { return true }
        sparedMaxHits += 1
        states[slot.index].setFrequency(0)
        return false
    }

    private mutating func moveToMain(_ slot: SlotID) {
        _ = small.remove(links.unpark(slot))
        main.prepend(slot, in: &links)
        let weight = Int(self.weight(of: slot))
        smallWeight -= weight
        mainWeight += weight
        states[slot.index].moveToMain()
        states[slot.index].setFrequency(0)
    }

    private mutating func evict(downTo weight: Int, into victims: inout [SlotID]) {
        while totalWeight > weight, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
    }

    private mutating func insert(
        _ slot: SlotID, weight: UInt32, isInMain: Bool, fingerprint: UInt32
    ) {
        if slot.index >= states.count { states.grow(toCount: slot.index + 1) }
        states[slot.index] = SlotState(weight: weight, isInMain: isInMain)
        if weight >= SlotState.heavyWeightMin { heavyWeights[slot] = weight }
        if isInMain {
            main.prepend(slot, in: &links)
            mainWeight += Int(weight)
        } else {
            links.park(slot, note: small.prepend(slot, fingerprint: fingerprint))
            smallWeight += Int(weight)
        }
    }
}

extension S3Fifo {
    /// A hit that changes the weight, or one of a weight that is kept elsewhere.
    @usableFromInline mutating func touch(_ slot: SlotID, weight: UInt32) {
        precondition(!links.isFree(slot), "Only a held slot can be touched.")
        let change = Int(weight) - Int(takeWeight(of: slot))
        states[slot.index].setWeight(weight)
        if weight >= SlotState.heavyWeightMin { heavyWeights[slot] = weight }
        if states[slot.index].isInMain { mainWeight += change } else { smallWeight += change }
        if states[slot.index].isBelowCap { states[slot.index].countHit() }
    }

    func weight(of slot: SlotID) -> UInt32 {
        states[slot.index].weight ?? heavyWeights[slot, default: 0]
    }

    /// The weight, which is no longer kept elsewhere if it was.
    private mutating func takeWeight(of slot: SlotID) -> UInt32 {
        states[slot.index].weight ?? heavyWeights.removeValue(forKey: slot) ?? 0
    }
}
