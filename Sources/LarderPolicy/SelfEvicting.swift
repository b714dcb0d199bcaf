/// A policy that makes room by asking itself for the coldest, one after the other.
protocol SelfEvicting: Policy, ~Copyable {
    /// Weight of all entries held.
    var totalWeight: Int { get }
}

extension SelfEvicting where Self: ~Copyable {
    /// Evicts until `slot` fits, and says whether it ever can; if not, it is among the victims.
    ///
    /// - Complexity: That of `coldest` and `remove`, for each victim.
    mutating func makeRoom(
        for slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) -> Bool {
        let limit = totalWeight + room
        let weight = Int(access.weight)
        guard weight <= limit else {
            evict(downTo: limit, into: &victims)
            victims.append(slot)
            return false
        }
        evict(downTo: limit - weight, into: &victims)
        return true
    }

    /// Evicts until no more than `weight` is held.
    mutating func evict(downTo weight: Int, into victims: inout [SlotID]) {
        while totalWeight > weight, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
    }
}
