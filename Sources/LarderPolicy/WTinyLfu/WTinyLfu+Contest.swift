extension WTinyLfu {
    /// A candidate that was asked for this often and lost is let in at times: an entry on probation
    /// whose counters someone drove up must not keep everybody out for ever. As in Caffeine.
    static let luckyFrequencyMin = 6
    /// One in so many.
    static let luckyShare: UInt64 = 128
    /// So many are looked at together. Their frequencies add up to more than any candidate has long
    /// before, but for entries that nobody has asked for of late, which nobody will miss.
    static let contendersMax = 64

    /// Lets those that the window has no place for compete with the main part for theirs, the
    /// oldest first. `first` is a candidate that was too heavy for the window.
    mutating func compete(from first: SlotID?, into victims: inout [SlotID]) {
        if let first { contest(first, into: &victims) }
        while windowWeight > windowMax, let oldest = window.last(in: links) {
            if contest(oldest, into: &victims) { move(oldest, to: .probation) }
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

    /// Evicts those that `candidate` needs gone, or it, and returns false then.
    @discardableResult
    private mutating func contest(_ candidate: SlotID, into victims: inout [SlotID]) -> Bool {
        guard totalWeight > capacity else { return true }
        let frequency = frequency(of: candidate)
        let isLucky =
            frequency >= Self.luckyFrequencyMin && random.next() % Self.luckyShare == 0
        while totalWeight > capacity {
            let sum = findContenders(of: candidate, sumMax: isLucky ? .max : frequency)
            guard !contenders.isEmpty, isLucky || sum < frequency else {
                remove(candidate)
                victims.append(candidate)
                return false
            }
            for victim in contenders {
                remove(victim)
                victims.append(victim)
            }
        }
        return true
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
