import LarderCore

/// A policy that makes room by evicting whatever is the coldest, as most do.
protocol WeighedPolicy: Policy, ~Copyable {
    /// Weight of all entries held.
    var totalWeight: Int { get }
}

extension WeighedPolicy where Self: ~Copyable {
    /// Evicts until a newcomer of this weight fits. One that never can is a victim itself, and
    /// still what is beyond the limit leaves. So is one above `largest`, where a policy has such.
    ///
    /// - Returns: Whether it fits.
    /// - Complexity: As `coldest`, for each victim.
    mutating func makeRoom(
        for slot: SlotID, weight: UInt32, room: Int, largest: Int = .max,
        evicting victims: inout [SlotID]
    ) -> Bool {
        let limit = totalWeight + room
        let fits = Int(weight) <= min(limit, largest)
        let target = fits ? limit - Int(weight) : limit
        while totalWeight > target, let victim = coldest() {
            remove(victim)
            victims.append(victim)
        }
        if !fits { victims.append(slot) }
        return fits
    }
}
