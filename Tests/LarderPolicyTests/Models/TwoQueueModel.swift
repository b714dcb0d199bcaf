import LarderPolicy

/// 2Q as one would explain it: arrays, next victim first.
struct TwoQueueModel: PolicyModel {
    private var recent: [(slot: SlotID, weight: Int)] = []
    private var main: [(slot: SlotID, weight: Int)] = []
    private var ghost = GhostModel()
    private var capacity = 0
    private var candidate: SlotID?

    var totalWeight: Int { (recent + main).reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool {
        (recent + main).contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        let isRemembered = weight <= totalWeight + room && ghost.remove(slot)
        return admit(slot, weight: weight, room: room) { model in
            if isRemembered || weight > model.capacity / 4 {
                model.main.append((slot, weight))
            } else {
                model.recent.append((slot, weight))
            }
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        for index in recent.indices where recent[index].slot == slot {
            recent[index].weight = weight
        }
        if let index = main.firstIndex(where: { $0.slot == slot }) {
            main.remove(at: index)
            main.append((slot, weight))
        }
    }

    mutating func remove(_ slot: SlotID) {
        let left = recent.first { $0.slot == slot }
        recent.removeAll { $0.slot == slot }
        main.removeAll { $0.slot == slot }
        guard slot == candidate else { return }
        candidate = nil
        guard let left else { return }
        ghost.append(
            slot, weight: left.weight, weightMax: capacity / 2,
            countMax: recent.count + main.count + 1)
    }

    mutating func coldest() -> SlotID? {
        let isFull = recent.reduce(0) { $0 + $1.weight } > capacity / 4
        candidate = isFull || main.isEmpty ? (recent.first ?? main.first)?.slot : main.first?.slot
        return candidate
    }
}
