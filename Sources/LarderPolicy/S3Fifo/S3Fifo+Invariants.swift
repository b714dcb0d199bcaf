public import LarderCore

extension S3Fifo {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: both queues are sound, each slot knows its queue and its
    ///   node, weights add up, and heavy weights are those of held slots.
    public func checkInvariants() throws(InvariantViolation) {
        try main.checkInvariants(in: links)
        try small.checkInvariants()
        try ghost.checkInvariants()
        let inMain = main.slotsFromLast(in: links)
        let nodes = small.nodesFromOldest()
        var inSmall: [SlotID] = []
        for node in nodes {
            let slot = small.slot(of: node)
            try InvariantViolation.check(
                links.isParked(slot) && links.note(of: slot) == node,
                "\(slot) does not know its node \(node)")
            inSmall.append(slot)
        }
        try check(inSmall, areInMain: false, weight: smallWeight)
        try check(inMain, areInMain: true, weight: mainWeight)
        let heavy = (inMain + inSmall).filter { states[$0.index].weight == nil }
        try InvariantViolation.check(
            Set(heavy) == Set(heavyWeights.keys), "heavy are \(heavy), not \(heavyWeights.keys)")
    }

    private func check(
        _ slots: [SlotID], areInMain: Bool, weight: Int
    ) throws(InvariantViolation) {
        var sum = 0
        for slot in slots {
            sum += Int(self.weight(of: slot))
            try InvariantViolation.check(
                states[slot.index].isInMain == areInMain, "\(slot) is in the other queue")
        }
        try InvariantViolation.check(
            sum == weight, "\(areInMain ? "main" : "small") weighs \(sum), not \(weight)")
    }
}
