import LarderPolicy

/// ARC as one would explain it: arrays, oldest first.
struct ArcModel: PolicyModel {
    typealias Entry = (slot: SlotID, weight: Int)

    private var recent: [Entry] = []
    private var frequent: [Entry] = []
    private var recentGhost: [SlotID] = []
    private var frequentGhost: [SlotID] = []
    private var target = 0.0
    private var candidate: SlotID?

    var totalWeight: Int { Self.weight(of: recent) + Self.weight(of: frequent) }

    private static func weight(of entries: [Entry]) -> Int {
        entries.reduce(0) { $0 + $1.weight }
    }

    func holds(_ slot: SlotID) -> Bool {
        (recent + frequent).contains { $0.slot == slot }
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let capacity = max(0, totalWeight + room)
        guard weight <= capacity else { return evict(downTo: capacity) + [slot] }
        let ratio = Double(frequentGhost.count) / Double(max(1, recentGhost.count))
        let inverse = Double(recentGhost.count) / Double(max(1, frequentGhost.count))
        let wasRecent = recentGhost.contains(slot)
        let wasFrequent = frequentGhost.contains(slot)
        if wasRecent {
            target = min(Double(capacity), target + max(1, ratio) * Double(weight))
            recentGhost.removeAll { $0 == slot }
        } else if wasFrequent {
            target = max(0, target - max(1, inverse) * Double(weight))
            frequentGhost.removeAll { $0 == slot }
        }
        let victims = evict(downTo: capacity - weight, prefersRecent: wasFrequent)
        if wasRecent || wasFrequent {
            frequent.append((slot, weight))
        } else {
            recent.append((slot, weight))
        }
        cutGhosts(heldCount: recent.count + frequent.count)
        return victims
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        recent.removeAll { $0.slot == slot }
        frequent.removeAll { $0.slot == slot }
        frequent.append((slot, weight))
    }

    mutating func remove(_ slot: SlotID) {
        let isEviction = slot == candidate
        take(slot, remembers: isEviction)
        if isEviction { cutGhosts(heldCount: recent.count + frequent.count + 1) }
    }

    mutating func coldest() -> SlotID? {
        candidate = victim(prefersRecent: false)
        return candidate
    }

    private func victim(prefersRecent: Bool) -> SlotID? {
        let weight = Double(Self.weight(of: recent))
        let isOver = weight > target || (prefersRecent && weight == target)
        let first = isOver || frequent.isEmpty ? recent.first : frequent.first
        return (first ?? frequent.first ?? recent.first)?.slot
    }

    private mutating func take(_ slot: SlotID, remembers: Bool) {
        if slot == candidate { candidate = nil }
        if remembers, recent.contains(where: { $0.slot == slot }) { recentGhost.append(slot) }
        if remembers, frequent.contains(where: { $0.slot == slot }) { frequentGhost.append(slot) }
        recent.removeAll { $0.slot == slot }
        frequent.removeAll { $0.slot == slot }
    }

    private mutating func cutGhosts(heldCount: Int) {
        while recent.count + recentGhost.count > heldCount, !recentGhost.isEmpty {
            recentGhost.removeFirst()
        }
        while recentGhost.count + frequentGhost.count > heldCount { frequentGhost.removeFirst() }
    }

    private mutating func evict(downTo weight: Int, prefersRecent: Bool = false) -> [SlotID] {
        var victims: [SlotID] = []
        while totalWeight > weight, let victim = victim(prefersRecent: prefersRecent) {
            take(victim, remembers: true)
            victims.append(victim)
        }
        return victims
    }
}
