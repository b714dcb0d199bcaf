// BeladySize: a look into the future for entries of different weights.
//
// With weights, finding the optimum is NP-hard. A good answer in practice: the entry leaves whose
// weight, times the time until it is needed, is the greatest; it occupies the most space for the
// longest time until it is of use. What is never needed again is not let in, or leaves at once.
//
//     hit(x), miss(x):  x.next = position of the next request for x; never: x leaves
//     victim:           of 128 random entries, the one with the greatest weight * (next - now)
//
// Where we differ from libCacheSim, which names the policy: nothing is evicted for the sake of an
// entry that is not let in (on a CDN trace in a cache of 1 % of the bytes that is 1.7 points of hit
// ratio better); an entry whose last use is over stays until the next eviction, and is then the
// first to leave; numbers are drawn from a seeded generator, so that a run repeats. Cost and
// priority are ignored. Where all weigh the same, Belady is exact and this is not: up to 0.7 points
// below it. How far from the optimum such policies are, [1] tells for many traces.
//
// [1] D. S. Berger et al., Practical Bounds on Optimal Caching with Variable Object Sizes,
//     Proc. ACM Meas. Anal. Comput. Syst. 2(2), 2018, https://doi.org/10.1145/3224427

public import LarderCore

/// The policy that knows the future and weighs it [1], for simulations only.
///
/// It takes the number of its calls for the position in the trace: every request must reach it, as
/// one admission or one hit.
public struct BeladySize: Policy, ~Copyable {
    /// Draws per eviction: libCacheSim's number. The victim is among the worst 2 % in nine of ten
    /// cases.
    static let sampleCount = 128
    /// Any will do.
    static let seed: UInt64 = 1

    /// What an entry of a slot says about its next use, in four bytes.
    ///
    /// 0: not held. From `doneMin` on: never, and the place in `done`. Else the next use plus one.
    private var nextUses: ReservedArray<UInt32>
    private var weights: SlotWeights
    /// Slots that are held and never needed again, in no order; only the first `doneCount` count.
    private var done: ReservedArray<UInt32>
    private var doneCount = 0
    /// Number of slots held.
    private var count = 0
    /// Position in the trace, the first being 0; -1 at the start.
    private var now = -1
    private var sampler = SlotSampler(seed: seed)
    /// What `coldest` answered last, as long as nothing has changed since.
    private var candidate = SlotID.none

    private static let doneMin: UInt32 = 1 << 31

    /// An empty policy for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        nextUses = ReservedArray(reserving: slotCapacity)
        weights = SlotWeights(slotCapacity: slotCapacity)
        done = ReservedArray(reserving: slotCapacity)
    }

    /// Weight of all entries held.
    public var totalWeight: Int { weights.total }

    /// Bytes of memory that the policy holds.
    public var storageBytes: Int {
        nextUses.storageBytes + weights.storageBytes + done.storageBytes
    }

    /// Refuses what is never needed again; else evicts until the newcomer fits.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        precondition(!holds(slot), "A slot is admitted once.")
        now += 1
        candidate = .none
        guard Self.isNeeded(access) else {
            evict(downTo: totalWeight + room, into: &victims)
            victims.append(slot)
            return
        }
        guard makeRoom(for: slot, access, room: room, evicting: &victims) else { return }
        if slot.index >= nextUses.count { nextUses.grow(toCount: slot.index + 1) }
        nextUses[slot.index] = UInt32(access.nextUse) + 1
        weights.add(slot, access.weight)
        count += 1
    }

    /// Notes when the entry is needed next.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        precondition(holds(slot), "Only a held slot can be touched.")
        now += 1
        candidate = .none
        weights.set(slot, access.weight)
        let wasDone = nextUses[slot.index] >= Self.doneMin
        switch (wasDone, Self.isNeeded(access)) {
        case (true, false): break
        case (false, false): finish(slot)
        case (_, true):
            if wasDone { unfinish(slot) }
            nextUses[slot.index] = UInt32(access.nextUse) + 1
        }
    }

    /// Forgets the entry.
    public mutating func remove(_ slot: SlotID) {
        precondition(holds(slot), "Only a held slot can be removed.")
        candidate = .none
        if nextUses[slot.index] >= Self.doneMin { unfinish(slot) }
        nextUses[slot.index] = 0
        weights.takeOut(slot)
        count -= 1
    }

    /// An entry that is never needed again, or else the worst of some.
    ///
    /// - Complexity: O(samples) while most slots below the highest are held, as a shell that reuses
    ///   slots sees to.
    public mutating func coldest() -> SlotID? {
        if doneCount > 0 { return SlotID(rawValue: done[doneCount - 1]) }
        guard count > 0 else { return nil }
        if candidate == .none { candidate = worstOfSome() }
        return candidate
    }
}

extension BeladySize {
    /// Next uses fit in 31 bits: traces have fewer than 2 thousand million requests.
    private static func isNeeded(_ access: Access) -> Bool {
        access.nextUse < UInt64(doneMin) - 1
    }

    private func holds(_ slot: SlotID) -> Bool {
        slot.index < nextUses.count && nextUses[slot.index] != 0
    }

    private mutating func finish(_ slot: SlotID) {
        if doneCount == done.count { done.grow(toCount: doneCount + 1) }
        done[doneCount] = slot.rawValue
        nextUses[slot.index] = Self.doneMin | UInt32(doneCount)
        doneCount += 1
    }

    /// Takes the slot out of `done`; the last one there moves to its place.
    private mutating func unfinish(_ slot: SlotID) {
        let place = nextUses[slot.index] & ~Self.doneMin
        doneCount -= 1
        let last = done[doneCount]
        done[Int(place)] = last
        nextUses[Int(last)] = Self.doneMin | place
    }

    /// The first of those drawn with the greatest product; if none that was drawn is held, which
    /// takes very few among many slots, the first held one behind.
    private mutating func worstOfSome() -> SlotID {
        var (worst, worstScore) = (SlotID.none, 0.0)
        var last = SlotID.none
        for _ in 0..<Self.sampleCount / 2 {
            let pair = sampler.nextPair(below: nextUses.count)
            compare(pair.0, with: &worst, &worstScore)
            compare(pair.1, with: &worst, &worstScore)
            last = pair.1
        }
        while worst == .none {
            last = SlotID(rawValue: (last.rawValue + 1) % UInt32(nextUses.count))
            compare(last, with: &worst, &worstScore)
        }
        return worst
    }

    /// Nothing is so light, or needed so soon, that its product is not positive.
    @inline(__always) private func compare(
        _ slot: SlotID, with worst: inout SlotID, _ worstScore: inout Double
    ) {
        let nextUse = Int(nextUses[slot.index])
        guard nextUse > 0 else { return }
        let time = max(1, nextUse - 1 - now)
        let score = Double(max(1, weights[slot])) * Double(time)
        if score > worstScore { (worst, worstScore) = (slot, score) }
    }
}

extension BeladySize: SelfEvicting {
    /// For tests.
    ///
    /// - Complexity: O(slots).
    /// - Throws: The first broken promise: counts and weights add up, and slots that are done know
    ///   their places.
    public func checkInvariants() throws(InvariantViolation) {
        var (held, finished, sum) = (0, 0, 0)
        for index in 0..<nextUses.count where nextUses[index] != 0 {
            held += 1
            sum += Int(weights[SlotID(rawValue: UInt32(index))])
            guard nextUses[index] >= Self.doneMin else { continue }
            finished += 1
            let place = Int(nextUses[index] & ~Self.doneMin)
            try InvariantViolation.check(
                place < doneCount && Int(done[place]) == index,
                "slot \(index) is not at its place \(place) of \(doneCount)")
        }
        try InvariantViolation.check(held == count, "\(held) slots are held, not \(count)")
        try InvariantViolation.check(
            finished == doneCount, "\(finished) are done, not \(doneCount)")
        try InvariantViolation.check(sum == totalWeight, "weights sum to \(sum)")
    }
}
