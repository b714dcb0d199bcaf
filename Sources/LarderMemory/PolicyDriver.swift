import LarderPolicy

/// A policy behind one indirect call, so that a shard can hold any and change it at run time.
///
/// The call costs 1 to 2 ns. A shard that is generic over its policy would make the store, the
/// server and every command generic with it; an enum over policies moves the payload out and in
/// for each call.
class PolicyDriver {
    var storageBytes: Int { 0 }
    func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {}
    func touch(_ slot: SlotID, _ access: Access) {}
    func remove(_ slot: SlotID) {}
    func coldest() -> SlotID? { nil }
}

/// The driver of one kind of policy.
@safe final class ConcretePolicyDriver<P: Policy & ~Copyable>: PolicyDriver {
    /// In a block of its own: a stored property of a class is guarded by a check on each access.
    private let policy: UnsafeMutablePointer<P>

    init(slotCapacity: Int) {
        unsafe policy = .allocate(capacity: 1)
        unsafe policy.initialize(to: P(slotCapacity: slotCapacity))
    }

    deinit {
        unsafe policy.deinitialize(count: 1)
        unsafe policy.deallocate()
    }

    override var storageBytes: Int { unsafe policy.pointee.storageBytes }

    override func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        unsafe policy.pointee.admit(slot, access, room: room, evicting: &victims)
    }

    override func touch(_ slot: SlotID, _ access: Access) {
        unsafe policy.pointee.touch(slot, access)
    }

    override func remove(_ slot: SlotID) {
        unsafe policy.pointee.remove(slot)
    }

    override func coldest() -> SlotID? {
        unsafe policy.pointee.coldest()
    }
}
