import LarderPolicy

/// Belady's MIN as a dictionary.
struct BeladyModel: SelfEvictingModel {
    private var entries: [SlotID: (weight: Int, nextUse: UInt64)] = [:]

    var totalWeight: Int { entries.values.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool { entries[slot] != nil }

    mutating func insert(_ slot: SlotID, weight: Int) {
        let access = PolicyOperation.access(slot, weight: UInt32(weight))
        entries[slot] = (weight, access.nextUse)
    }

    mutating func touch(_ slot: SlotID, weight: Int) { insert(slot, weight: weight) }

    mutating func remove(_ slot: SlotID) { entries[slot] = nil }

    /// Of those that are needed equally late, the lowest slot.
    mutating func coldest() -> SlotID? {
        let latest = entries.values.map(\.nextUse).max()
        return entries.filter { $0.value.nextUse == latest }.keys.min { $0.rawValue < $1.rawValue }
    }
}
