import LarderPolicy

/// Clock2Q+ as one would explain it: arrays, oldest first.
struct Clock2QPlusModel: PolicyModel {
    struct Entry {
        var slot: SlotID
        var weight: Int
        var isReferenced = false
        var isBeyondWindow = false
    }

    let sparedMax: Int
    private var small: [Entry] = []
    private var main: [Entry] = []
    private var ghost = GhostModel()
    private var capacity = 0
    private var hasEvicted = false
    private var candidate: SlotID?

    init(sparedMax: Int) {
        self.sparedMax = sparedMax
    }

    private static func weight(of entries: some Sequence<Entry>) -> Int {
        entries.reduce(0) { $0 + $1.weight }
    }

    var totalWeight: Int { Self.weight(of: small + main) }

    func holds(_ slot: SlotID) -> Bool {
        (small + main).contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        let isRemembered = weight <= totalWeight + room && ghost.remove(slot)
        return admit(slot, weight: weight, room: room) {
            $0.insert(Entry(slot: slot, weight: weight), isRemembered: isRemembered)
        }
    }

    private mutating func insert(_ entry: Entry, isRemembered: Bool) {
        let smallCapacity = capacity / 10
        let isFilling = !hasEvicted && Self.weight(of: small) >= smallCapacity
        guard !isRemembered, entry.weight <= smallCapacity, !isFilling else {
            return main.append(entry)
        }
        small.append(entry)
        for index in small.indices {
            let newer = Self.weight(of: small[(index + 1)...])
            if newer * 2 >= smallCapacity { small[index].isBeyondWindow = true }
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        for index in small.indices where small[index].slot == slot {
            small[index].weight = weight
            if small[index].isBeyondWindow { small[index].isReferenced = true }
        }
        for index in main.indices where main[index].slot == slot {
            main[index].weight = weight
            main[index].isReferenced = true
        }
    }

    mutating func remove(_ slot: SlotID) {
        let isEviction = slot == candidate
        let left = small.first { $0.slot == slot }
        small.removeAll { $0.slot == slot }
        main.removeAll { $0.slot == slot }
        if isEviction { candidate = nil }
        if isEviction, let left {
            ghost.append(
                slot, weight: left.weight, weightMax: capacity - capacity / 10,
                countMax: 2 * (small.count + main.count) + 1)
        }
        hasEvicted = (hasEvicted || isEviction) && !(small + main).isEmpty
    }

    mutating func coldest() -> SlotID? {
        if let candidate,
            (small + main).contains(where: { $0.slot == candidate && !$0.isReferenced })
        {
            return candidate
        }
        var spared = 0
        candidate = nil
        while candidate == nil, Self.weight(of: main) <= capacity - capacity / 10 || spared > 0,
            !small.isEmpty
        {
            if small[0].isReferenced, spared < sparedMax {
                spared += 1
                let entry = small.removeFirst()
                main.append(Entry(slot: entry.slot, weight: entry.weight))
            } else {
                small[0].isReferenced = false
                candidate = small[0].slot
            }
        }
        while candidate == nil, !main.isEmpty {
            if main[0].isReferenced, spared < sparedMax {
                spared += 1
                let entry = main.removeFirst()
                main.append(Entry(slot: entry.slot, weight: entry.weight))
            } else {
                main[0].isReferenced = false
                candidate = main[0].slot
            }
        }
        return candidate
    }
}
