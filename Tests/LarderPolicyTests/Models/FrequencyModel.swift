import LarderPolicy

/// LFU, with dynamic aging or without, as one would explain it: look at all, every time.
struct FrequencyModel: PolicyModel {
    private struct Entry {
        var slot: SlotID
        var weight: Int
        var frequency = 1
        var priority: Int
    }

    let isAging: Bool
    /// By last use, longest ago first.
    private var entries: [Entry] = []
    private var age = 0
    private var candidate: (slot: SlotID, priority: Int)?

    init(isAging: Bool) {
        self.isAging = isAging
    }

    var totalWeight: Int { entries.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool {
        entries.contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let limit = totalWeight + room
        let fits = weight <= limit
        var victims: [SlotID] = []
        while totalWeight > (fits ? limit - weight : limit), let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        if fits { entries.append(Entry(slot: slot, weight: weight, priority: age + 1)) }
        return fits ? victims : victims + [slot]
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        guard let index = entries.firstIndex(where: { $0.slot == slot }) else { return }
        var entry = entries.remove(at: index)
        entry.weight = weight
        entry.frequency += 1
        entry.priority = entry.frequency + age
        entries.append(entry)
    }

    mutating func remove(_ slot: SlotID) {
        if let candidate, candidate.slot == slot {
            if isAging { age = candidate.priority }
            self.candidate = nil
        }
        entries.removeAll { $0.slot == slot }
    }

    mutating func coldest() -> SlotID? {
        // The first of those with the least priority.
        candidate = entries.min { $0.priority < $1.priority }.map { ($0.slot, $0.priority) }
        return candidate?.slot
    }
}
