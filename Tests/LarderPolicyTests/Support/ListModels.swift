import LarderPolicy

/// FIFO and LRU as an array, next victim first.
struct ListModel: PolicyModel {
    let movesOnTouch: Bool
    private var entries: [(slot: SlotID, weight: Int)] = []

    init(movesOnTouch: Bool) {
        self.movesOnTouch = movesOnTouch
    }

    var totalWeight: Int { entries.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool {
        entries.contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let limit = totalWeight + room
        let fits = weight <= limit
        var victims: [SlotID] = []
        while totalWeight > (fits ? limit - weight : limit), !entries.isEmpty {
            victims.append(entries.removeFirst().slot)
        }
        if fits { entries.append((slot, weight)) }
        return fits ? victims : victims + [slot]
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        for index in entries.indices where entries[index].slot == slot {
            entries[index].weight = weight
            if movesOnTouch { entries.append(entries.remove(at: index)) }
            return
        }
    }

    mutating func remove(_ slot: SlotID) {
        entries.removeAll { $0.slot == slot }
    }

    mutating func coldest() -> SlotID? {
        entries.first?.slot
    }
}
