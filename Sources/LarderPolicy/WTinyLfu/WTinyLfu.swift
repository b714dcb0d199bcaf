// W-TinyLFU: a window for what is new, a sketch that says who may stay.
//
// Two things make an entry worth keeping: that it was asked for often, and that it was asked for
// just now. The sketch of TinyLFU knows how often, also of entries that are long gone. So whoever
// comes first passes a small window, in order of use; who falls out of it is compared with the
// coldest entry of the main part and only stays if it was asked for more often. The main part is a
// segmented LRU: a fifth on probation, and the rest protected for those that were hit there. How
// large the window should be depends on the workload, and is found out on the way.
//
//     hit(x):   sketch.add(x)
//               in the window or protected: move to its front; on probation: move to protected,
//               whose last goes back to probation if it has become too large
//     miss(x):  sketch.add(x); put x at the front of the window
//               while the window is too large: move its last to the front of probation, a candidate
//               while it does not fit, for each candidate in turn: if it was asked for more often
//               than the last on probation, evict that one, else the candidate
//     then:     the climber may move the border between the window and the protected part
//
// Where we differ. Entries have weights, and regions have shares of the weight: a candidate must
// have been asked for more often than all the entries together that would have to leave for it, and
// a newcomer above the window is a candidate at once. The climber is that of the paper with what
// Caffeine [3] has learnt since: tiny caches step upwards first, and large ones, of more than 4,096
// entries, compare what the regions earn instead of trying. Caffeine guards the latter by probes
// and audits that walk away from an equilibrium and back, which we leave out: without them the hit
// ratios of large caches on our public traces are within 0.7 points of Caffeine's, most of them
// within 0.2. In caches of a few hundred entries they depend on which keys share counters: another
// hash makes one to four points, far more than there is between the two. Cost and priority are
// ignored.
//
// [1] G. Einziger et al., TinyLFU: A Highly Efficient Cache Admission Policy, ACM TOS 2017,
//     https://doi.org/10.1145/3149371
// [2] G. Einziger et al., Adaptive Software Cache Management, Middleware 2018,
//     https://doi.org/10.1145/3274808.3274816
// [3] https://github.com/ben-manes/caffeine/wiki/Efficiency

import LarderCore

/// The W-TinyLFU eviction policy [1], whose window adapts to the workload [2]: good where what is
/// popular stays popular, and, once the window has grown, where it does not.
public struct WTinyLfu: Policy, ~Copyable {
    /// Bytes of storage per slot, while all weights are 1; 4 more otherwise. Beside them, the
    /// sketch takes 8 to 16 bytes per entry.
    public static var bytesPerSlot: Int {
        SlotLinks.bytesPerSlot + MemoryLayout<WTinyLfuTag>.stride
    }

    /// 1 % is enough where popularity is stable, which is where a wrong window costs most [1].
    public static var defaultWindowShare: Double { 0.01 }
    /// Of the main part, as the paper has it.
    static let protectedShare = 0.8
    /// The sketch starts for at most so many entries, 128 KiB, and then grows with what is held.
    static let sketchedAtOnceMax = 1 << 14

    var links: SlotLinks
    /// Most recently used first, in all three.
    var window: SlotList
    var probation: SlotList
    var protected: SlotList
    var tags: ReservedArray<WTinyLfuTag>
    var weights: SlotValues
    var windowWeight = 0
    var probationWeight = 0
    var protectedWeight = 0

    var sketch: FrequencySketch
    var climber = WindowClimber()
    /// Entries that the sketch was made for.
    var sketchedCount = 0
    let slotCapacity: Int

    /// Weight held plus room, as of the last admission.
    var capacity = 0
    var windowMax = 0
    var probationMax = 0
    let firstWindowShare: Double
    var windowShare: Double
    /// By how much of the weight the window is still to grow, or to shrink if below 0.
    var windowChange = 0

    /// Who would have to leave for a candidate; kept so that nothing is allocated.
    var contenders: [SlotID] = []
    var random = SeededRandom(seed: 0)

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, windowShare: Self.defaultWindowShare)
    }

    /// An empty policy whose window begins with `windowShare` of the capacity, above 0, below 1.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, windowShare: Double) {
        links = SlotLinks(slotCapacity: slotCapacity, listCount: 3)
        window = links.makeList()
        probation = links.makeList()
        protected = links.makeList()
        tags = ReservedArray(reserving: slotCapacity)
        weights = SlotValues(slotCapacity: slotCapacity, usual: 1)
        sketch = FrequencySketch(entryCountMax: slotCapacity)
        self.slotCapacity = slotCapacity
        firstWindowShare = windowShare
        self.windowShare = windowShare
    }

    /// Weight of all entries held.
    public var totalWeight: Int { windowWeight + probationWeight + protectedWeight }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        links.storageBytes + tags.storageBytes + weights.storageBytes + sketch.storageBytes
            + contenders.capacity * MemoryLayout<SlotID>.stride
    }

    /// Puts the newcomer into the window, or where it is too heavy for that, on probation; who
    /// falls out of the window for it competes for a place.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(links.isFree(slot), "A slot is admitted once.")
        setCapacity(max(0, totalWeight + room))
        let weight = Int(access.weight)
        guard weight <= capacity else {
            evict(into: &victims)
            victims.append(slot)
            return
        }
        prepareSketch(weight: weight)
        let tag = WTinyLfuTag(fingerprint: FrequencySketch.fingerprint(of: access.hash))
        sketch.add(tag.fingerprint)
        climber.countMiss()
        if slot.index >= tags.count { tags.grow(toCount: slot.index + 1) }
        tags[slot.index] = tag
        weights[slot] = access.weight
        let isCandidate = weight > windowMax
        put(slot, in: isCandidate ? .probation : .window)
        compete(from: isCandidate ? slot : nil, into: &victims)
        adaptWindow()
    }

    /// Counts the request, and moves the entry to the front of its region, or from probation to
    /// the protected one.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        // From the hash, although the tag has it: the sketch need not wait for the tag then.
        sketch.add(FrequencySketch.fingerprint(of: access.hash))
        let tag = tags[slot.index]
        if weights[slot] != access.weight { setWeight(of: slot, to: access.weight) }
        climber.countHit(inWindow: tag.region == .window)
        switch tag.region {
        case .none: preconditionFailure("Only a held slot can be touched.")
        case .window: window.moveToFront(slot, in: &links)
        case .protected: protected.moveToFront(slot, in: &links)
        case .probation where Int(access.weight) > protectedMax:
            probation.moveToFront(slot, in: &links)
        case .probation:
            move(slot, to: .protected)
        }
        if protectedWeight > protectedMax { demote() }
        adaptWindow()
    }

    /// Takes the entry out of its region. The sketch remembers it in any case.
    public mutating func remove(_ slot: SlotID) {
        precondition(links.isLinked(slot), "Only a held slot can be removed.")
        take(slot)
        tags[slot.index].region = .none
    }

    /// The last of the window or the last on probation, whichever was asked for less often.
    public mutating func coldest() -> SlotID? {
        guard let newer = window.last(in: links) else {
            return probation.last(in: links) ?? protected.last(in: links)
        }
        guard let older = probation.last(in: links) else { return newer }
        return frequency(of: newer) > frequency(of: older) ? older : newer
    }
}

extension WTinyLfu {
    func frequency(of slot: SlotID) -> Int {
        sketch.estimate(of: tags[slot.index].fingerprint)
    }

    mutating func move(_ slot: SlotID, to region: WTinyLfuTag.Region) {
        take(slot)
        put(slot, in: region)
    }

    private mutating func put(_ slot: SlotID, in region: WTinyLfuTag.Region) {
        tags[slot.index].region = region
        addWeight(Int(weights[slot]), to: region)
        switch region {
        case .none: break
        case .window: window.prepend(slot, in: &links)
        case .probation: probation.prepend(slot, in: &links)
        case .protected: protected.prepend(slot, in: &links)
        }
    }

    private mutating func take(_ slot: SlotID) {
        let region = tags[slot.index].region
        addWeight(-Int(weights[slot]), to: region)
        switch region {
        case .none: break
        case .window: window.remove(slot, in: &links)
        case .probation: probation.remove(slot, in: &links)
        case .protected: protected.remove(slot, in: &links)
        }
    }

    private mutating func setWeight(of slot: SlotID, to weight: UInt32) {
        addWeight(Int(weight) - Int(weights[slot]), to: tags[slot.index].region)
        weights[slot] = weight
    }

    private mutating func addWeight(_ weight: Int, to region: WTinyLfuTag.Region) {
        switch region {
        case .none: break
        case .window: windowWeight += weight
        case .probation: probationWeight += weight
        case .protected: protectedWeight += weight
        }
    }

    /// Makes the sketch, or lets it grow, when more is held than it was made for.
    private mutating func prepareSketch(weight: Int) {
        let count = window.count + probation.count + protected.count
        guard count > sketchedCount || sketch.isEmpty else { return }
        let meanWeight =
            totalWeight == 0 ? Double(max(weight, 1)) : Double(totalWeight) / Double(count)
        let expected = Int(min(Double(capacity) / meanWeight, Double(slotCapacity)))
        sketchedCount = max(min(expected, max(Self.sketchedAtOnceMax, 2 * count)), count + 1)
        sketch.reserve(forEntries: sketchedCount)
        climber.setEntryCount(max(expected, count + 1))
    }
}
