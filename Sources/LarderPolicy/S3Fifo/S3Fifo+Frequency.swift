import LarderCore

extension S3Fifo {
    /// How often an entry was hit since its turn came last: 0 to 3.
    ///
    /// - Complexity: O(1).
    public func frequency(of slot: SlotID) -> Int {
        Int(states[slot.index].frequency)
    }
}
