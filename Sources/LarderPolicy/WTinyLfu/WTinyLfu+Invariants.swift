public import LarderCore

extension WTinyLfu {
    /// For tests.
    ///
    /// - Complexity: O(entries), and allocates.
    /// - Throws: The first broken promise: all three lists are sound, each slot knows its region,
    ///   weights add up, and the regions' shares make the capacity.
    public func checkInvariants() throws(InvariantViolation) {
        try window.checkInvariants(in: links)
        try probation.checkInvariants(in: links)
        try protected.checkInvariants(in: links)
        try sketch.checkInvariants()
        try check(window.slotsFromLast(in: links), areIn: .window, weight: windowWeight)
        try check(probation.slotsFromLast(in: links), areIn: .probation, weight: probationWeight)
        try check(protected.slotsFromLast(in: links), areIn: .protected, weight: protectedWeight)
        try InvariantViolation.check(
            windowMax >= 0 && windowMax + probationMax + protectedMax == capacity,
            "\(windowMax), \(probationMax), \(protectedMax) are not \(capacity)")
    }

    private func check(
        _ slots: [SlotID], areIn region: WTinyLfuTag.Region, weight: Int
    ) throws(InvariantViolation) {
        var sum = 0
        for slot in slots {
            sum += Int(weights[slot])
            try InvariantViolation.check(
                tags[slot.index].region == region, "\(slot) is not in \(region)")
        }
        try InvariantViolation.check(
            sum == weight, "\(region) weighs \(sum), not \(weight)")
    }
}
