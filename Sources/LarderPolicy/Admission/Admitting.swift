/// A policy behind an admission filter: what the filter turns away never enters, and nobody leaves
/// for it.
public struct Admitting<Filter: AdmissionFilter & ~Copyable, Base: Policy & ~Copyable>: Policy,
    ~Copyable
{
    var filter: Filter
    var base: Base
    private var entryCount = 0
    /// Newcomers that the filter turned away.
    public private(set) var refusalCount = 0

    /// An empty policy of that kind behind a filter that knows nothing yet.
    ///
    /// - Complexity: O(1).
    public init(slotCapacity: Int) {
        self.init(Base(slotCapacity: slotCapacity), slotCapacity: slotCapacity)
    }

    /// `base`, which must be empty, behind a filter that knows nothing yet.
    ///
    /// - Complexity: O(1).
    public init(_ base: consuming Base, slotCapacity: Int) {
        self.init(base, filter: Filter(slotCapacity: slotCapacity))
    }

    /// `base`, which must be empty, behind `filter`.
    ///
    /// - Complexity: O(1).
    public init(_ base: consuming Base, filter: consuming Filter) {
        self.base = base
        self.filter = filter
    }

    /// Weight of all entries held.
    public var totalWeight: Int { base.totalWeight }

    /// Bytes of memory that policy and filter hold.
    public var storageBytes: Int { base.storageBytes + filter.storageBytes }

    /// Leaves to the policy whom the filter lets in, and what could never fit.
    public mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        let alreadyOut = victims.count
        if isAdmitted(slot, access, room: room) {
            base.admit(slot, access, room: room, evicting: &victims)
        } else {
            refusalCount += 1
            refuse(slot, access, room: room, evicting: &victims)
        }
        entryCount += 1 - (victims.count - alreadyOut)
    }

    /// Tells both.
    public mutating func touch(_ slot: SlotID, _ access: Access) {
        filter.touch(slot, access)
        base.touch(slot, access)
    }

    /// Tells the policy.
    public mutating func remove(_ slot: SlotID) {
        base.remove(slot)
        entryCount -= 1
    }

    /// The policy's answer.
    public mutating func coldest() -> SlotID? { base.coldest() }

    private mutating func isAdmitted(_ slot: SlotID, _ access: Access, room: Int) -> Bool {
        let weight = Int(access.weight)
        let capacity = max(0, base.totalWeight + room)
        guard weight <= capacity else { return true }
        var place = AdmissionPlace(
            capacity: capacity, missing: weight - room, entryCount: entryCount)
        if place.missing > 0 { place.coldest = base.coldest() }
        return filter.admits(slot, access, to: place)
    }

    /// What is beyond the limit has to leave all the same: the policy sees to that when something
    /// without weight comes in, and leaves again.
    private mutating func refuse(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        if room < 0 {
            let alreadyOut = victims.count
            var weightless = access
            weightless.weight = 0
            base.admit(slot, weightless, room: room, evicting: &victims)
            if victims[alreadyOut...].contains(slot) { return }
            base.remove(slot)
        }
        victims.append(slot)
    }
}
