import LarderCore
import LarderPolicy

/// LHD as a dictionary, as long as it has learnt nothing: the first 2^20 accesses.
struct LhdModel: SelfEvictingModel {
    struct Entry {
        var weight: Int
        var used: Int
        var lastAges = (0, 20_000)
        var isExplorer = false
    }

    let objective: Objective
    private var entries: [SlotID: Entry] = [:]
    private var slotCount = 0
    private var now = 0
    private var capacity = 0
    private var sample = SampleModel(seed: 1)
    private var random = SeededRandom(seed: ~1)
    /// Also while they are not held: a slot is a key here.
    private var suspects: [SlotID?] = Array(repeating: nil, count: 8)
    private var suspectCount = 0
    private var meanDensity: Float = 0
    private var candidate: SlotID?

    init(objective: Objective) {
        self.objective = objective
    }

    var totalWeight: Int { entries.values.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool { entries[slot] != nil }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        return makeRoom(for: slot, weight: weight, room: room)
    }

    mutating func insert(_ slot: SlotID, weight: Int) {
        slotCount = max(slotCount, slot.index + 1)
        entries[slot] = Entry(weight: weight, used: now)
        let isPicked = explore(slot)
        if !isPicked, density(slot) < meanDensity {
            suspects[suspectCount % 8] = slot
            suspectCount += 1
        }
        now += 1
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        guard let old = entries[slot] else { return }
        let age = (now - old.used) / 1024
        entries[slot] = Entry(weight: weight, used: now, lastAges: (age, old.lastAges.0))
        if slot == candidate { candidate = nil }
        _ = explore(slot)
        now += 1
    }

    private mutating func explore(_ slot: SlotID) -> Bool {
        let isPicked = random.next() % 32 == 0
        let held = entries.values.filter(\.isExplorer).reduce(0) { $0 + $1.weight }
        entries[slot]?.isExplorer = isPicked && held < capacity / 100
        return isPicked
    }

    mutating func remove(_ slot: SlotID) {
        if slot == candidate { candidate = nil }
        entries[slot] = nil
    }

    /// Before anything was learnt: 17 to 32 by class, per age.
    private func density(_ slot: SlotID) -> Float {
        guard let entry = entries[slot] else { return 0 }
        var number = 0
        while number < 15, (entry.lastAges.0 + entry.lastAges.1) << number < 20_000 { number += 1 }
        let worth = GdsfModel.worth(slot, entry.weight, objective) / Double(max(1, entry.weight))
        let density = Float(17 + number) / Float((now - entry.used) / 1024 + 1) * Float(worth)
        return density + (entry.isExplorer ? 1 : 0)
    }

    mutating func coldest() -> SlotID? {
        guard !entries.isEmpty else { return nil }
        if let candidate { return candidate }
        let suspects = suspects.compactMap(\.self)
        let held = sample.slots(count: 8, and: suspects, below: slotCount) { entries[$0] != nil }
        let densities = held.map { density($0) }
        let lowest = densities.min() ?? 0
        meanDensity = 0.9 * meanDensity + (1 - 0.9) * lowest
        candidate = held[densities.firstIndex(of: lowest) ?? 0]
        return candidate
    }
}
