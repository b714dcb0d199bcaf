extension WTinyLfu {
    /// A candidate that was asked for this often and lost is let in at times: an entry on probation
    /// whose counters someone drove up must not keep everybody out for ever. As in Caffeine.
    static let luckyFrequencyMin = 6
    /// One in so many.
    static let luckyShare: UInt64 = 128
    /// So many are looked at together. Their frequencies add up to more than any candidate has long
    /// before, but for entries that nobody has asked for of late, which nobody will miss.
    static let contendersMax = 64

    /// Makes candidates of those that the window has no place for, and lets them compete with the
    /// main part for theirs. `first` is a candidate that never was in the window.
    mutating func compete(from first: SlotID?, into victims: inout [SlotID]) {
        var candidate = first
        while windowWeight > windowMax, let oldest = window.last(in: links) {
            move(oldest, to: .probation)
            candidate = candidate ?? oldest
        }
        while totalWeight > capacity, let current = candidate {
            // Candidates follow each other at the front of probation, the oldest first.
            candidate = probation.slot(before: current, in: links)
            contest(current, into: &victims)
        }
        evict(into: &victims)
    }

    /// Evicts the coldest until all fits.
    mutating func evict(into victims: inout [SlotID]) {
        while totalWeight > capacity, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
    }

    /// Evicts `candidate`, or those that it needs gone.
    private mutating func contest(_ candidate: SlotID, into victims: inout [SlotID]) {
        let frequency = frequency(of: candidate)
        let isLucky =
            frequency >= Self.luckyFrequencyMin && random.next() % Self.luckyShare == 0
        while totalWeight > capacity {
            let sum = findContenders(of: candidate, sumMax: isLucky ? .max : frequency)
            guard !contenders.isEmpty, isLucky || sum < frequency else {
                remove(candidate)
                victims.append(candidate)
                return
            }
            for victim in contenders {
                remove(victim)
                victims.append(victim)
            }
        }
    }

    /// Finds who would have to leave for `candidate`, and how often they were asked for together;
    /// stops once that is `sumMax`.
    private mutating func findContenders(of candidate: SlotID, sumMax: Int) -> Int {
        contenders.removeAll(keepingCapacity: true)
        var missing = totalWeight - capacity
        var sum = 0
        var next = probation.last(in: links)
        while missing > 0, sum < sumMax, contenders.count < Self.contendersMax,
            let slot = next, slot != candidate
        {
            sum += self.frequency(of: slot)
            missing -= Int(weights[slot])
            contenders.append(slot)
            next = probation.slot(before: slot, in: links)
        }
        return sum
    }
}
