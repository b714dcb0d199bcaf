import LarderPolicy

/// CLOCK and SIEVE as one would explain them: an array, oldest first, and an index. In CLOCK an
/// entry that is spared becomes the newest, so the hand stays at the oldest.
struct ClockModel: PolicyModel {
    struct Entry {
        var slot: SlotID
        var weight: Int
        var isVisited = false
    }

    let reinserts: Bool
    let sparedMax: Int
    private var entries: [Entry] = []
    private var hand = 0

    init(reinserts: Bool, sparedMax: Int) {
        self.reinserts = reinserts
        self.sparedMax = sparedMax
    }

    var totalWeight: Int { entries.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool {
        entries.contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        admit(slot, weight: weight, room: room) {
            $0.entries.append(Entry(slot: slot, weight: weight))
        }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        for index in entries.indices where entries[index].slot == slot {
            entries[index] = Entry(slot: slot, weight: weight, isVisited: true)
        }
    }

    mutating func remove(_ slot: SlotID) {
        guard let index = entries.firstIndex(where: { $0.slot == slot }) else { return }
        entries.remove(at: index)
        if index < hand { hand -= 1 }
        if hand == entries.count { hand = 0 }
    }

    mutating func coldest() -> SlotID? {
        guard !entries.isEmpty else { return nil }
        for _ in 0..<sparedMax where entries[hand].isVisited {
            entries[hand].isVisited = false
            if reinserts {
                entries.append(entries.removeFirst())
            } else {
                hand = (hand + 1) % entries.count
            }
        }
        entries[hand].isVisited = false
        return entries[hand].slot
    }
}
