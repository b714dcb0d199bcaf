import LarderPolicy

extension PolicyModel {
    /// `admit` for a model that evicts the coldest until the newcomer fits, and then inserts it.
    mutating func admit(
        _ slot: SlotID, weight: Int, room: Int, insert: (inout Self) -> Void
    ) -> [SlotID] {
        let limit = totalWeight + room
        let fits = weight <= limit
        var victims: [SlotID] = []
        while totalWeight > (fits ? limit - weight : limit), let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        if fits { insert(&self) }
        return fits ? victims : victims + [slot]
    }
}
