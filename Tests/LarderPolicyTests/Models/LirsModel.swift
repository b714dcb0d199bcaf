import LarderPolicy

/// LIRS as the paper tells it, with the stack: arrays, next to leave first.
struct LirsModel: PolicyModel {
    /// LIR entries, HIR entries held, and those that left, by last use.
    private var stack: [SlotID] = []
    private var queue: [SlotID] = []
    private var hot: Set<SlotID> = []
    private var weights: [SlotID: Int] = [:]
    private var capacity = 0
    private var candidate: SlotID?

    var totalWeight: Int { weights.values.reduce(0, +) }

    private var queueCapacity: Int { max(1, capacity / 100) }

    private var hotWeight: Int { hot.reduce(0) { $0 + weights[$1, default: 0] } }

    private var ghosts: [SlotID] { stack.filter { !holds($0) } }

    func holds(_ slot: SlotID) -> Bool {
        weights[slot] != nil
    }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        capacity = max(0, totalWeight + room)
        guard weight <= capacity else { return evict(downTo: capacity) + [slot] }
        let isRemembered = stack.contains(slot)
        stack.removeAll { $0 == slot }
        let victims = evict(downTo: capacity - weight)
        let fitsHot = hotWeight + weight <= capacity - queueCapacity
        weights[slot] = weight
        if isRemembered || fitsHot { hot.insert(slot) } else { queue.append(slot) }
        stack.append(slot)
        settle()
        cutGhosts(heldCount: weights.count)
        return victims
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        weights[slot] = weight
        if hot.contains(slot) || stack.contains(slot) {
            queue.removeAll { $0 == slot }
            hot.insert(slot)
        } else {
            queue.removeAll { $0 == slot }
            queue.append(slot)
        }
        stack.removeAll { $0 == slot }
        stack.append(slot)
        settle()
    }

    mutating func remove(_ slot: SlotID) {
        let isEviction = slot == candidate
        take(slot, remembers: isEviction)
        if isEviction { cutGhosts(heldCount: weights.count + 1) }
    }

    mutating func coldest() -> SlotID? {
        candidate = victim
        return candidate
    }

    private var victim: SlotID? { queue.first ?? stack.first { hot.contains($0) } }

    /// Balances, then cuts the stack.
    private mutating func settle() {
        while hotWeight > capacity - queueCapacity, let last = stack.first(where: hot.contains) {
            hot.remove(last)
            stack.removeAll { $0 == last }
            queue.append(last)
        }
        while let last = stack.first, !hot.contains(last) { stack.removeFirst() }
    }

    private mutating func take(_ slot: SlotID, remembers: Bool) {
        if slot == candidate { candidate = nil }
        if hot.contains(slot) || !remembers { stack.removeAll { $0 == slot } }
        hot.remove(slot)
        queue.removeAll { $0 == slot }
        weights[slot] = nil
        while let last = stack.first, !hot.contains(last) { stack.removeFirst() }
    }

    private mutating func cutGhosts(heldCount: Int) {
        while ghosts.count > heldCount, let oldest = ghosts.first {
            stack.removeAll { $0 == oldest }
        }
    }

    private mutating func evict(downTo weight: Int) -> [SlotID] {
        var victims: [SlotID] = []
        while totalWeight > weight, let victim {
            take(victim, remembers: true)
            victims.append(victim)
        }
        return victims
    }
}
