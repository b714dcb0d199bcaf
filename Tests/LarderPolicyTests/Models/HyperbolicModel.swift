import LarderPolicy

/// Hyperbolic caching as a dictionary.
struct HyperbolicModel: SelfEvictingModel {
    let objective: Objective
    private var entries: [SlotID: (weight: Int, value: Float, since: Int)] = [:]
    private var slotCount = 0
    private var now = 0
    private var sample = SampleModel(seed: 1)
    private var candidate: SlotID?

    init(objective: Objective) {
        self.objective = objective
    }

    var totalWeight: Int { entries.values.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool { entries[slot] != nil }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        now += 1
        candidate = nil
        return makeRoom(for: slot, weight: weight, room: room)
    }

    mutating func insert(_ slot: SlotID, weight: Int) {
        slotCount = max(slotCount, slot.index + 1)
        entries[slot] = (weight, value(slot, weight), now)
    }

    private func value(_ slot: SlotID, _ weight: Int) -> Float {
        Float(GdsfModel.worth(slot, weight, objective) / Double(max(1, weight)))
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        now += 1
        candidate = nil
        guard let old = entries[slot] else { return }
        entries[slot] = (weight, old.value + value(slot, weight), old.since)
    }

    mutating func remove(_ slot: SlotID) {
        candidate = nil
        entries[slot] = nil
    }

    mutating func coldest() -> SlotID? {
        guard !entries.isEmpty else { return nil }
        if let candidate { return candidate }
        let held = sample.slots(count: 64, below: slotCount) { entries[$0] != nil }
        let rates = held.map { slot in
            let entry = entries[slot, default: (0, 0, 0)]
            return entry.value / Float(max(1, now - entry.since))
        }
        candidate = held[rates.firstIndex(of: rates.min() ?? 0) ?? 0]
        return candidate
    }
}
