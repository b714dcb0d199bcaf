// LHD, least hit density: how many hits an entry will bring for the space and time it takes.
//
// Entries are put in classes by how long ago their last two hits came. For each class LHD counts at
// which ages entries are hit and at which they are evicted; from that follows what an entry of a
// class and age may expect: the chance of a hit, by the time until it is hit or evicted. Nothing is
// assumed about recency or frequency: if hits come late in a loop, old entries are kept.
//
//     hit(x):   count a hit for x.class at x's age; x.class = by the ages of the last two hits
//     miss(x):  insert x in the class of those without a hit
//     victim:   of some random entries and the last 8 that came with a low density,
//               the one with the lowest density(x.class, x's age) * worth(x) / weight(x);
//               count an eviction for its class at its age
//     every 2^20 accesses: density(class, age) = hits from that age on / time spent from it on;
//               all counts *= 0.9
//
// A few entries, in at most 1 % of the space, are explorers: they stay until they are hit, so that
// it is learnt what happens at ages that nothing else reaches.
//
// All numbers are those of the authors' simulator, which libCacheSim contains. Where we differ: the
// worth is `Objective`'s, with the cost of a load and the priority of the namespace (the paper's
// application classes would learn instead; they are left out, as in libCacheSim); tables are only
// as large as ages that occurred; numbers are drawn from a seeded generator, so that a run repeats.
//
// [1] N. Beckmann, H. Chen and A. Cidon, LHD: Improving Cache Hit Rate by Maximizing Hit Density,
//     NSDI 2018, https://www.usenix.org/conference/nsdi18/presentation/beckmann

public import LarderCore

/// The least hit density policy [1]: learns which entries bring hits.
public struct Lhd: Policy, ~Copyable {
    /// Draws per eviction, at first few so that the first updates see something of each age.
    static let (firstSampleCount, sampleCount) = (8, 32)
    static let firstUpdates = 50
    /// Accesses from one update to the next.
    static let updateInterval: UInt32 = 1 << 20
    /// One access in 32 makes an explorer, as long as these have less than a hundredth.
    static let (explorerInterval, explorerShare) = (UInt64(32), 100)
    /// More than any density.
    static let explorerBonus: Float = 1
    /// What the mean density of the victims keeps at each eviction.
    static let decay: Float = 0.9
    static let usualDensity = Float(1).bitPattern

    var tags: ReservedArray<LhdTag>
    var weights: SlotWeights
    /// By slot: what a hit is worth per weight, the bits of a `Float`.
    private var worths: SlotValues
    private var model = HitDensities()
    private var sampler: SlotSampler
    private var random: SeededRandom
    private let objective: Objective

    private(set) var count = 0
    private(set) var explorerWeight = 0
    private var capacity = 0
    /// Number of accesses so far. After 2^32 without a use an entry looks new.
    private var now: UInt32 = 0
    /// Newcomers that looked as if they should leave are looked at in each eviction.
    private var suspects: [8 of SlotID] = .init(repeating: .none)
    /// Their keys, by which they are suspects again when they come back.
    private var suspectHashes: [8 of UInt64] = .init(repeating: 0)
    private var suspectCount = 0
    private var meanVictimDensity: Float = 0
    /// What `coldest` answered last, until it is used or removed.
    private var candidate = SlotID.none

    /// An empty policy for the slots `0..<slotCapacity` that saves misses.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, objective: .hits)
    }

    /// An empty policy for the slots `0..<slotCapacity`, whose draws follow from `seed`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, objective: Objective, seed: UInt64 = 1) {
        tags = ReservedArray(reserving: slotCapacity)
        weights = SlotWeights(slotCapacity: slotCapacity)
        worths = SlotValues(slotCapacity: slotCapacity, usual: Self.usualDensity)
        sampler = SlotSampler(seed: seed)
        random = SeededRandom(seed: ~seed)
        self.objective = objective
    }

    /// Weight of all entries held.
    public var totalWeight: Int { weights.total }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        tags.storageBytes + weights.storageBytes + worths.storageBytes + model.storageBytes
    }

    /// Evicts the worst of some until the newcomer fits.
    ///
    /// - Complexity: O(1 + samples per victim), but for one access in 2^20.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(!holds(slot), "A slot is admitted once.")
        capacity = max(0, totalWeight + room)
        guard makeRoom(for: slot, access, room: room, evicting: &victims) else { return }
        if slot.index >= tags.count { tags.grow(toCount: slot.index + 1) }
        weights.add(slot, access.weight)
        count += 1
        tags[slot.index] = LhdTag(used: now)
        resuspect(slot, access)
        let isPicked = note(slot, access)
        if !isPicked, density(of: slot, tags[slot.index]) < meanVictimDensity {
            suspects[suspectCount % suspects.count] = slot
            suspectHashes[suspectCount % suspects.count] = access.hash
            suspectCount += 1
        }
        advance()
    }

    /// Counts a hit for the entry's class and age, and puts it in another class.
    ///
    /// - Complexity: O(1), but for one access in 2^20.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(holds(slot), "Only a held slot can be touched.")
        var tag = tags[slot.index]
        let age = age(of: tag)
        model.countHit(class: tag.classNumber, age: age)
        if tag.isExplorer { explorerWeight -= Int(weights[slot]) }
        tag.hit(atAge: age, now: now)
        tags[slot.index] = tag
        weights.set(slot, access.weight)
        if slot == candidate { candidate = .none }
        _ = note(slot, access)
        advance()
    }

    /// Forgets the entry, and counts an eviction if it was the coldest.
    public mutating func remove(_ slot: SlotID) {
        precondition(holds(slot), "Only a held slot can be removed.")
        let tag = tags[slot.index]
        if slot == candidate {
            model.countEviction(class: tag.classNumber, age: age(of: tag))
            candidate = .none
        }
        if tag.isExplorer { explorerWeight -= Int(weights[slot]) }
        for index in suspects.indices where suspects[index] == slot { suspects[index] = .none }
        tags[slot.index] = LhdTag.free
        weights.takeOut(slot)
        count -= 1
    }

    /// The worst of some.
    ///
    /// - Complexity: O(samples) while most slots below the highest are held, as a shell that reuses
    ///   slots sees to.
    public mutating func coldest() -> SlotID? {
        guard count > 0 else { return nil }
        if candidate == .none { candidate = worstOfSome() }
        return candidate
    }
}

extension Lhd {
    func holds(_ slot: SlotID) -> Bool { slot.index < tags.count && tags[slot.index].isHeld }

    @inline(__always) private func age(of tag: LhdTag) -> Int {
        min(Int((now &- tag.used) >> UInt32(model.stepLog2)), HitDensities.ageLimit - 1)
    }

    /// What the entry brings; what is older than all ages, least of all.
    @inline(__always) private func density(of slot: SlotID, _ tag: LhdTag) -> Float {
        let age = age(of: tag)
        if age == HitDensities.ageLimit - 1 { return -.greatestFiniteMagnitude }
        let density = model.density(class: tag.classNumber, age: age)
        return density * Float(bitPattern: worths[slot])
            + (tag.isExplorer ? Self.explorerBonus : 0)
    }

    /// Notes what a use says beside its time, and says whether it was picked for an explorer, for
    /// which there may be no space left.
    private mutating func note(_ slot: SlotID, _ access: Access) -> Bool {
        let worth = Float(objective.density(of: access)).bitPattern
        if worths[slot] != worth { worths[slot] = worth }
        let isPicked = random.next() % Self.explorerInterval == 0
        let isExplorer =
            isPicked && explorerWeight < capacity / Self.explorerShare
            && model.updateCount < Self.firstUpdates
        if tags[slot.index].isExplorer != isExplorer { tags[slot.index].isExplorer = isExplorer }
        if isExplorer { explorerWeight += Int(access.weight) }
        return isPicked
    }

    private mutating func resuspect(_ slot: SlotID, _ access: Access) {
        for index in 0..<min(suspectCount, suspects.count)
        where suspectHashes[index] == access.hash {
            suspects[index] = slot
        }
    }

    private mutating func advance() {
        now &+= 1
        if now % Self.updateInterval == 0 { model.update(entryCount: count) }
    }

    /// The first of those looked at with the lowest density; if none of them is held, which takes
    /// very few among many slots, the first held one behind.
    private mutating func worstOfSome() -> SlotID {
        var (worst, worstDensity) = (SlotID.none, Float.infinity)
        var last = SlotID.none
        let isFirst = model.updateCount <= Self.firstUpdates
        for _ in 0..<(isFirst ? Self.firstSampleCount : Self.sampleCount) / 2 {
            let pair = sampler.nextPair(below: tags.count)
            compare(pair.0, with: &worst, &worstDensity)
            compare(pair.1, with: &worst, &worstDensity)
            last = pair.1
        }
        for index in suspects.indices where suspects[index] != .none {
            compare(suspects[index], with: &worst, &worstDensity)
        }
        while worst == .none {
            last = SlotID(rawValue: (last.rawValue + 1) % UInt32(tags.count))
            compare(last, with: &worst, &worstDensity)
        }
        meanVictimDensity = Self.decay * meanVictimDensity + (1 - Self.decay) * worstDensity
        return worst
    }

    @inline(__always) private func compare(
        _ slot: SlotID, with worst: inout SlotID, _ worstDensity: inout Float
    ) {
        let tag = tags[slot.index]
        guard tag.isHeld else { return }
        let density = density(of: slot, tag)
        if density < worstDensity { (worst, worstDensity) = (slot, density) }
    }
}

extension Lhd: SelfEvicting {
    /// For tests.
    ///
    /// - Complexity: O(slots).
    /// - Throws: The first broken promise: counts and weights add up.
    public func checkInvariants() throws(InvariantViolation) {
        var (held, sum, explorers) = (0, 0, 0)
        for index in 0..<tags.count where tags[index].isHeld {
            let weight = Int(weights[SlotID(rawValue: UInt32(index))])
            held += 1
            sum += weight
            if tags[index].isExplorer { explorers += weight }
        }
        try InvariantViolation.check(held == count, "\(held) slots are held, not \(count)")
        try InvariantViolation.check(sum == totalWeight, "weights sum to \(sum)")
        try InvariantViolation.check(
            explorers == explorerWeight, "explorers weigh \(explorers), not \(explorerWeight)")
    }
}
