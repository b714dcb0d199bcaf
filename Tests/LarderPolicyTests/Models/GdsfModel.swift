import LarderCore
import LarderPolicy

/// GDSF as a dictionary that is searched.
struct GdsfModel: PolicyModel {
    struct Entry {
        var weight: Int
        var frequency = 0
        var priority = 0.0
        var time = 0
    }

    let objective: Objective
    private var entries: [SlotID: Entry] = [:]
    private var age = 0.0
    private var now = 0

    init(objective: Objective) {
        self.objective = objective
    }

    var totalWeight: Int { entries.values.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool { entries[slot] != nil }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let limit = totalWeight + room
        let fits = weight <= limit
        if fits { touch(slot, weight: weight) }
        var victims: [SlotID] = []
        while totalWeight > limit, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        return fits ? victims : victims + [slot]
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        now += 1
        var entry = entries[slot] ?? Entry(weight: weight)
        entry.weight = weight
        entry.frequency += 1
        entry.time = now
        let density = Self.worth(slot, weight, objective) / Double(max(1, weight))
        entry.priority = age + Double(entry.frequency) * density
        entries[slot] = entry
    }

    static func worth(_ slot: SlotID, _ weight: Int, _ objective: Objective) -> Double {
        let access = PolicyOperation.access(slot, weight: UInt32(weight))
        let factor: [Priority: Double] = [.low: 0.25, .normal: 1, .high: 4]
        let saved: [Objective: UInt32] = [.hits: 1, .bytes: access.weight, .cost: access.cost]
        return Double(max(1, saved[objective, default: 0])) * factor[access.priority, default: 0]
    }

    mutating func remove(_ slot: SlotID) { entries[slot] = nil }

    mutating func coldest() -> SlotID? {
        let first = entries.min {
            ($0.value.priority, $0.value.time) < ($1.value.priority, $1.value.time)
        }
        if let first { age = max(age, first.value.priority) }
        return first?.key
    }
}
