import LarderPolicy

/// BeladySize as a dictionary and a list of those that are never needed again.
struct BeladySizeModel: SelfEvictingModel {
    private var entries: [SlotID: (weight: Int, nextUse: UInt64)] = [:]
    private var done: [SlotID] = []
    private var slotCount = 0
    private var now = -1
    private var sample = SampleModel(seed: 1)
    private var candidate: SlotID?

    var totalWeight: Int { entries.values.reduce(0) { $0 + $1.weight } }

    func holds(_ slot: SlotID) -> Bool { entries[slot] != nil }

    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        now += 1
        candidate = nil
        let access = PolicyOperation.access(slot, weight: UInt32(weight))
        guard access.nextUse == .max else { return makeRoom(for: slot, weight: weight, room: room) }
        let limit = totalWeight + room
        var victims: [SlotID] = []
        while totalWeight > limit, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        return victims + [slot]
    }

    mutating func insert(_ slot: SlotID, weight: Int) {
        slotCount = max(slotCount, slot.index + 1)
        set(slot, weight: weight)
    }

    private mutating func set(_ slot: SlotID, weight: Int) {
        let nextUse = PolicyOperation.access(slot, weight: UInt32(weight)).nextUse
        entries[slot] = (weight, nextUse)
        if nextUse != .max { forgetDone(slot) } else if !done.contains(slot) { done.append(slot) }
    }

    mutating func touch(_ slot: SlotID, weight: Int) {
        now += 1
        candidate = nil
        set(slot, weight: weight)
    }

    mutating func remove(_ slot: SlotID) {
        candidate = nil
        entries[slot] = nil
        forgetDone(slot)
    }

    /// The last takes the place of the one that goes.
    private mutating func forgetDone(_ slot: SlotID) {
        guard let place = done.firstIndex(of: slot) else { return }
        done.swapAt(place, done.count - 1)
        done.removeLast()
    }

    mutating func coldest() -> SlotID? {
        if let last = done.last { return last }
        if candidate == nil, !entries.isEmpty { candidate = worstOfSome() }
        return candidate
    }

    private mutating func worstOfSome() -> SlotID {
        let held = sample.slots(count: 128, below: slotCount) { entries[$0] != nil }
        let scores = held.map { slot in
            let entry = entries[slot, default: (0, 0)]
            return max(entry.weight, 1) * max(Int(entry.nextUse) - now, 1)
        }
        let greatest = scores.max() ?? 0
        return held[scores.firstIndex(of: greatest) ?? 0]
    }
}
