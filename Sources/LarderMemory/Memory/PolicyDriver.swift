import LarderPolicy

/// The policy of a shard, which can be any and be changed at run time.
///
/// A pointer to the policy under its kind: a call is a predicted branch and then direct, so a hit
/// can be inlined. A class per policy costs an indirect call and a reference count for each; an
/// enum that holds the policies themselves moves the payload out and in; and a shard that is
/// generic over its policy would make the store, the server and every command generic with it.
@safe struct PolicyDriver: ~Copyable {
    @safe private enum Held: BitwiseCopyable {
        case fifo(UnsafeMutablePointer<Fifo>)
        case lru(UnsafeMutablePointer<Lru>)
        case s3fifo(UnsafeMutablePointer<S3Fifo>)
    }

    private let held: Held

    init(_ kind: PolicyKind) {
        let slots = SlotTable.countMax
        switch kind {
        case .fifo: unsafe held = .fifo(Self.make(Fifo(slotCapacity: slots)))
        case .lru: unsafe held = .lru(Self.make(Lru(slotCapacity: slots)))
        case .s3fifo: unsafe held = .s3fifo(Self.make(S3Fifo(slotCapacity: slots)))
        }
    }

    deinit {
        switch held {
        case .fifo(let policy): unsafe Self.end(policy)
        case .lru(let policy): unsafe Self.end(policy)
        case .s3fifo(let policy): unsafe Self.end(policy)
        }
    }

    private static func make<P: Policy & ~Copyable>(
        _ policy: consuming P
    ) -> UnsafeMutablePointer<P> {
        let pointer = UnsafeMutablePointer<P>.allocate(capacity: 1)
        unsafe pointer.initialize(to: policy)
        return unsafe pointer
    }

    private static func end<P: ~Copyable>(_ policy: UnsafeMutablePointer<P>) {
        unsafe policy.deinitialize(count: 1)
        unsafe policy.deallocate()
    }

    var storageBytes: Int {
        switch held {
        case .fifo(let policy): unsafe policy.pointee.storageBytes
        case .lru(let policy): unsafe policy.pointee.storageBytes
        case .s3fifo(let policy): unsafe policy.pointee.storageBytes
        }
    }

    mutating func admit(
        _ slot: SlotID, _ access: Access, room: Int, evicting victims: inout [SlotID]
    ) {
        switch held {
        case .fifo(let policy):
            unsafe policy.pointee.admit(slot, access, room: room, evicting: &victims)
        case .lru(let policy):
            unsafe policy.pointee.admit(slot, access, room: room, evicting: &victims)
        case .s3fifo(let policy):
            unsafe policy.pointee.admit(slot, access, room: room, evicting: &victims)
        }
    }

    @inline(__always)
    mutating func touch(_ slot: SlotID, _ access: Access) {
        switch held {
        case .fifo(let policy): unsafe policy.pointee.touch(slot, access)
        case .lru(let policy): unsafe policy.pointee.touch(slot, access)
        case .s3fifo(let policy): unsafe policy.pointee.touch(slot, access)
        }
    }

    /// How often the policy has seen an entry hit; `nil` when it does not count.
    func frequency(of slot: SlotID) -> Int? {
        switch held {
        case .fifo, .lru: nil
        case .s3fifo(let policy): unsafe policy.pointee.frequency(of: slot)
        }
    }

    mutating func remove(_ slot: SlotID) {
        switch held {
        case .fifo(let policy): unsafe policy.pointee.remove(slot)
        case .lru(let policy): unsafe policy.pointee.remove(slot)
        case .s3fifo(let policy): unsafe policy.pointee.remove(slot)
        }
    }

    mutating func coldest() -> SlotID? {
        switch held {
        case .fifo(let policy): unsafe policy.pointee.coldest()
        case .lru(let policy): unsafe policy.pointee.coldest()
        case .s3fifo(let policy): unsafe policy.pointee.coldest()
        }
    }
}
