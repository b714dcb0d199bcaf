/// A policy in a pure loop over requests: the hit ratio that a server with the same policy and
/// capacity should reach, and the one that papers and simulators print.
public struct PolicyLoop<P: Policy & ~Copyable>: ~Copyable {
    private var policy: P
    private var index = KeyIndex()
    /// What is known of each slot that was ever used.
    private var entries: [Access] = []
    private var free: [SlotID] = []
    private var victims: [SlotID] = []
    private var heldWeight = 0
    private let capacity: PolicyCapacity

    /// Number of requests so far.
    public private(set) var requestCount = 0
    /// How many of them found nothing.
    public private(set) var missCount = 0

    /// A loop around an empty `policy`, whose slots must suffice for `capacity` and one more.
    public init(_ policy: consuming P, capacity: PolicyCapacity) {
        self.policy = policy
        self.capacity = capacity
    }

    /// A loop around an empty policy.
    public init(capacity: PolicyCapacity) {
        self.init(P(slotCapacity: capacity.slotCapacity), capacity: capacity)
    }

    /// Looks a key up and, on a miss, admits it. Returns whether it was a hit.
    ///
    /// A hit leaves the entry's size as it was stored, as a read from a cache does.
    ///
    /// - Complexity: Amortised O(1).
    @discardableResult
    public mutating func request(hash: UInt64, size: UInt32) -> Bool {
        requestCount += 1
        if let slot = index.slot(of: hash) {
            policy.touch(slot, entries[slot.index])
            return true
        }
        missCount += 1
        admit(Access(hash: hash, weight: capacity.weight(ofSize: size)))
        return false
    }

    private mutating func admit(_ access: Access) {
        let slot = makeSlot(access)
        index.insert(access.hash, slot)
        heldWeight += Int(access.weight)
        let room = capacity.weight - heldWeight + Int(access.weight)
        policy.admit(slot, access, room: room, evicting: &victims)
        for victim in victims {
            index.remove(entries[victim.index].hash)
            heldWeight -= Int(entries[victim.index].weight)
            free.append(victim)
        }
        victims.removeAll(keepingCapacity: true)
    }

    private mutating func makeSlot(_ access: Access) -> SlotID {
        guard let slot = free.popLast() else {
            entries.append(access)
            return SlotID(rawValue: UInt32(entries.count - 1))
        }
        entries[slot.index] = access
        return slot
    }
}

/// How much a cache may hold.
public enum PolicyCapacity: Hashable, Sendable {
    /// So many entries, whatever their size.
    case entries(Int)
    /// So many bytes.
    case bytes(Int)

    var weight: Int {
        switch self {
        case .entries(let count): count
        case .bytes(let count): count
        }
    }

    func weight(ofSize size: UInt32) -> UInt32 {
        switch self {
        case .entries: 1
        case .bytes: size
        }
    }

    /// Slots that suffice. Of 64 million small entries, 12 bytes each make 800 MB of address space,
    /// which is there, and no memory before they come.
    var slotCapacity: Int { min(weight, 1 << 26) + 1 }
}
