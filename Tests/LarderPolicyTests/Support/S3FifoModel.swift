import LarderPolicy

/// S3-FIFO as one would explain it: arrays, oldest first.
struct S3FifoModel: PolicyModel {
    struct Entry {
        var slot: SlotID
        var weight: Int
        var frequency = 0
    }

    let sparedMax: Int
    private(set) var small: [Entry] = []
    private(set) var main: [Entry] = []
    private(set) var ghost = GhostModel()
    private var capacity = 0
    private var hasEvicted = false
    private var candidate: SlotID?

    init(sparedMax: Int) {
        self.sparedMax = sparedMax
    }

    var totalWeight: Int { Self.weight(of: small) + Self.weight(of: main) }

    private static func weight(of entries: [Entry]) -> Int {
        entries.reduce(0) { $0 + $1.weight }
    }

    func holds(_ slot: SlotID) -> Bool {
        (small + main).contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        guard weight <= capacity else { return evict(downTo: capacity) + [slot] }
        let isRemembered = ghost.remove(slot)
        let victims = evict(downTo: capacity - weight)
        let isSmallFull = Self.weight(of: small) >= capacity / 10
        let isInMain = isRemembered || weight > capacity / 10 || (!hasEvicted && isSmallFull)
        if isInMain {
            main.append(Entry(slot: slot, weight: weight))
        } else {
            small.append(Entry(slot: slot, weight: weight))
        }
        return victims
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        for index in small.indices where small[index].slot == slot {
            small[index] = Self.touched(small[index], weight: weight)
        }
        for index in main.indices where main[index].slot == slot {
            main[index] = Self.touched(main[index], weight: weight)
        }
    }

    private static func touched(_ entry: Entry, weight: Int) -> Entry {
        Entry(slot: entry.slot, weight: weight, frequency: min(entry.frequency + 1, 3))
    }

    mutating func remove(_ slot: SlotID) {
        let isEviction = slot == candidate
        if let index = small.firstIndex(where: { $0.slot == slot }) {
            let entry = small.remove(at: index)
            if isEviction {
                ghost.append(
                    slot, weight: entry.weight, weightMax: capacity - capacity / 10,
                    countMax: 2 * (small.count + main.count) + 1)
            }
        }
        main.removeAll { $0.slot == slot }
        if isEviction { candidate = nil }
        hasEvicted = (hasEvicted || isEviction) && !(small + main).isEmpty
    }

    mutating func coldest() -> SlotID? {
        if let candidate, small.contains(where: { $0.slot == candidate && $0.frequency < 2 }) {
            return candidate
        }
        if let candidate, main.contains(where: { $0.slot == candidate && $0.frequency < 1 }) {
            return candidate
        }
        var spared = 0
        candidate = nil
        if Self.weight(of: main) <= capacity - capacity / 10 { findInSmall(&spared) }
        if candidate == nil { findInMain(&spared) }
        return candidate
    }

    private mutating func findInSmall(_ spared: inout Int) {
        while candidate == nil, !small.isEmpty {
            if small[0].frequency >= 2, spared < sparedMax {
                spared += 1
                let entry = small.removeFirst()
                main.append(Entry(slot: entry.slot, weight: entry.weight))
            } else {
                if small[0].frequency >= 2 { small[0].frequency = 0 }
                candidate = small[0].slot
            }
        }
    }

    private mutating func findInMain(_ spared: inout Int) {
        while candidate == nil, !main.isEmpty {
            if main[0].frequency >= 1, spared < sparedMax {
                spared += 1
                var entry = main.removeFirst()
                entry.frequency -= 1
                main.append(entry)
            } else {
                main[0].frequency = 0
                candidate = main[0].slot
            }
        }
    }

    private mutating func evict(downTo weight: Int) -> [SlotID] {
        var victims: [SlotID] = []
        while totalWeight > weight, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        return victims
    }
}

/// The ghost as an array, oldest first, with holes where entries came back.
struct GhostModel {
    private(set) var times: [(slot: SlotID, weight: Int)?] = []
    private var timeMax = 64

    var slots: [SlotID] { times.compactMap { $0?.slot } }

    mutating func append(_ slot: SlotID, weight: Int, weightMax: Int, countMax: Int) {
        if times.count == timeMax {
            if timeMax < 4 * countMax { timeMax *= 2 } else { times.removeFirst() }
        }
        times.append((slot, max(weight, 1)))
        while slots.count > countMax || times.reduce(0, { $0 + ($1?.weight ?? 0) }) > weightMax,
            !times.isEmpty
        {
            times.removeFirst()
        }
    }

    mutating func remove(_ slot: SlotID) -> Bool {
        removeWeight(of: slot) != nil
    }

    mutating func removeWeight(of slot: SlotID) -> Int? {
        guard let index = times.firstIndex(where: { $0?.slot == slot }) else { return nil }
        defer { times[index] = nil }
        return times[index]?.weight
    }
}
