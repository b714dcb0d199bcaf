import LarderPolicy

/// A model that makes room by asking itself for the coldest, one after the other.
protocol SelfEvictingModel: PolicyModel {
    mutating func insert(_ slot: SlotID, weight: Int)
}

extension SelfEvictingModel {
    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        makeRoom(for: slot, weight: weight, room: room)
    }

    mutating func makeRoom(for slot: SlotID, weight: Int, room: Int) -> [SlotID] {
        let limit = totalWeight + room
        let fits = weight <= limit
        var victims: [SlotID] = []
        while totalWeight > (fits ? limit - weight : limit), let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        if fits { insert(slot, weight: weight) }
        return fits ? victims : victims + [slot]
    }
}
