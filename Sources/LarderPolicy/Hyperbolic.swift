// Hyperbolic caching: how often an entry was used, per time that it has been here.
//
// Counting uses favours what is old, and recency forgets popularity. The rate of use since the
// entry came does neither: what was popular once decays along a hyperbola until it is used again,
// and a newcomer is judged by its own short time. All priorities change all the time, so no order
// can be kept; instead some random entries are compared, and the worst of them leaves.
//
//     hit(x):   x.value += worth(x) / weight(x)
//     miss(x):  x.value  = worth(x) / weight(x); x.since = now; insert x
//     victim:   of 64 random entries, the one with the lowest x.value / (now - x.since)
//
// Time is the number of accesses. The worth is `Objective`'s, with the cost of a load and the
// priority of the namespace (the paper's cost classes, set by hand). Where we differ: with changing
// costs and weights, each use counts with what it saved then, not with the latest. libCacheSim
// leaves the weight out of it, as `objective: bytes` does here. Numbers are drawn from a seeded
// generator, so that a run repeats.
//
// [1] A. Blankstein, S. Sen and M. J. Freedman, Hyperbolic Caching: Flexible Caching for Web
//     Applications, USENIX ATC 2017,
//     https://www.usenix.org/conference/atc17/technical-sessions/presentation/blankstein

public import LarderCore

/// The hyperbolic policy [1]: keeps what saves most per byte and time; a hit writes four bytes.
public struct Hyperbolic: Policy, ~Copyable {
    /// Draws per eviction: the paper's number, beyond which it found little to gain.
    static let sampleCount = 64
    /// Any will do.
    static let seed: UInt64 = 1

    /// What is compared, in eight bytes, so that a drawn slot costs one line of cache.
    struct Entry: BitwiseCopyable {
        /// Sum of what its uses saved per weight; 0 when the slot is not held.
        var value: Float
        /// Number of the access that let it in. After 2^32 accesses without a use it looks new.
        var since: UInt32
    }

    private var entries: ReservedArray<Entry>
    private var weights: SlotWeights
    private var count = 0
    private var now: UInt32 = 0
    private var sampler = SlotSampler(seed: seed)
    /// What `coldest` answered last, as long as nothing has changed since.
    private var candidate = SlotID.none
    private let objective: Objective

    /// An empty policy for the slots `0..<slotCapacity` that saves misses.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(slotCapacity: slotCapacity, objective: .hits)
    }

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int, objective: Objective) {
        entries = ReservedArray(reserving: slotCapacity)
        weights = SlotWeights(slotCapacity: slotCapacity)
        self.objective = objective
    }

    /// Weight of all entries held.
    public var totalWeight: Int { weights.total }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int { entries.storageBytes + weights.storageBytes }

    /// Evicts the worst of some until the newcomer fits.
    ///
    /// - Complexity: O(1 + samples per victim).
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(!holds(slot), "A slot is admitted once.")
        now &+= 1
        candidate = .none
        guard makeRoom(for: slot, access, room: room, evicting: &victims) else { return }
        if slot.index >= entries.count { entries.grow(toCount: slot.index + 1) }
        entries[slot.index] = Entry(value: value(of: access), since: now)
        weights.add(slot, access.weight)
        count += 1
    }

    /// Adds what the hit saved.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(holds(slot), "Only a held slot can be touched.")
        now &+= 1
        candidate = .none
        var entry = entries[slot.index]
        entry.value += value(of: access)
        let age = now &- entry.since
        if age > Self.ageMax {
            entry.value /= 2
            entry.since = now &- age / 2
        }
        entries[slot.index] = entry
        weights.set(slot, access.weight)
    }

    /// Forgets the entry.
    public mutating func remove(_ slot: SlotID) {
        precondition(holds(slot), "Only a held slot can be removed.")
        candidate = .none
        entries[slot.index].value = 0
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

extension Hyperbolic {
    /// Half a round. What is older has its uses and its age halved at the next use: the rate stays,
    /// the age does not go round, and the uses stay in the range where a `Float` counts exactly.
    private static var ageMax: UInt32 { 1 << 31 }

    private func value(of access: Access) -> Float { Float(objective.density(of: access)) }

    private func holds(_ slot: SlotID) -> Bool {
        slot.index < entries.count && entries[slot.index].value > 0
    }

    /// The first of those drawn with the lowest rate; if none that was drawn is held, which takes
    /// very few among many slots, the first held one behind.
    private mutating func worstOfSome() -> SlotID {
        var (worst, worstRate) = (SlotID.none, Float.infinity)
        var last = SlotID.none
        for _ in 0..<Self.sampleCount / 2 {
            let pair = sampler.nextPair(below: entries.count)
            compare(pair.0, with: &worst, &worstRate)
            compare(pair.1, with: &worst, &worstRate)
            last = pair.1
        }
        while worst == .none {
            last = SlotID(rawValue: (last.rawValue + 1) % UInt32(entries.count))
            compare(last, with: &worst, &worstRate)
        }
        return worst
    }

    @inline(__always) private func compare(
        _ slot: SlotID, with worst: inout SlotID, _ worstRate: inout Float
    ) {
        let entry = entries[slot.index]
        guard entry.value > 0 else { return }
        let rate = entry.value / Float(max(1, now &- entry.since))
        if rate < worstRate { (worst, worstRate) = (slot, rate) }
    }
}

extension Hyperbolic: SelfEvicting {
    /// For tests.
    ///
    /// - Complexity: O(slots).
    /// - Throws: The first broken promise: counts and weights add up.
    public func checkInvariants() throws(InvariantViolation) {
        var (held, sum) = (0, 0)
        for index in 0..<entries.count where entries[index].value != 0 {
            held += 1
            sum += Int(weights[SlotID(rawValue: UInt32(index))])
        }
        try InvariantViolation.check(held == count, "\(held) slots are held, not \(count)")
        try InvariantViolation.check(sum == totalWeight, "weights sum to \(sum)")
    }
}
