import LarderCore

/// A policy in a pure loop over requests: the hit ratio that a server with the same policy and
/// capacity should reach, and the one that papers and simulators print.
public struct PolicyLoop<P: Policy & ~Copyable>: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var hash: UInt64
        var weight: UInt32
        var cost: UInt32
    }

    private var policy: P
    private var index: SlotIndex
    /// What is known of each slot that was ever used.
    private var entries: ReservedArray<Entry>
    private var free: [SlotID] = []
    private var victims: [SlotID] = []
    private var heldWeight = 0
    private let capacity: PolicyCapacity

    private var counts = PolicyTally()

    /// A loop around an empty `policy`, whose slots must suffice for `capacity` and one more.
    public init(_ policy: consuming P, capacity: PolicyCapacity) {
        self.policy = policy
        self.capacity = capacity
        entries = ReservedArray(reserving: capacity.slotCapacity)
        index = SlotIndex(expectedCount: capacity.expectedCount)
    }

    /// Looks keys up one after the other, and admits those that are missing.
    ///
    /// - Complexity: Amortised O(requests).
    public mutating func run(_ requests: Span<Access>) {
        for place in requests.indices { request(requests[place]) }
    }

    /// Looks a key up and, on a miss, admits it. A hit leaves the entry's size as it was stored, as
    /// a read from a cache does.
    @inline(__always)
    private mutating func request(_ request: Access) {
        counts.requestCount += 1
        if let slot = index.slot(of: request.hash, { entries[$0.index].hash == request.hash }) {
            var access = request
            access.weight = entries[slot.index].weight
            return policy.touch(slot, access)
        }
        counts.missCount += 1
        counts.missedBytes += Int(request.weight)
        var access = request
        access.weight = capacity.weight(ofSize: request.weight)
        admit(access)
    }

    @inline(__always)
    private mutating func admit(_ access: Access) {
        let slot = makeSlot(access)
        index.insert(access.hash, slot)
        let room = capacity.weight - heldWeight
        heldWeight += Int(access.weight)
        policy.admit(slot, access, room: room, evicting: &victims)
        while let victim = victims.popLast() {
            if victim != slot { counts.evictionCount += 1 }
            let entry = entries[victim.index]
            index.remove(entry.hash, victim)
            heldWeight -= Int(entry.weight)
            free.append(victim)
        }
    }

    @inline(__always)
    private mutating func makeSlot(_ access: Access) -> SlotID {
        let entry = Entry(hash: access.hash, weight: access.weight, cost: access.cost)
        if let slot = free.popLast() {
            entries[slot.index] = entry
            return slot
        }
        let number = entries.count
        entries.grow(toCount: number + 1)
        entries[number] = entry
        return SlotID(rawValue: UInt32(number))
    }
}

extension PolicyLoop where P: ~Copyable {
    /// What came of the requests so far.
    public var tally: PolicyTally {
        var tally = counts
        let slots = (free.capacity + victims.capacity) * MemoryLayout<SlotID>.stride
        tally.storageBytes =
            policy.storageBytes + index.storageBytes + entries.storageBytes + slots
        return tally
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

    /// Entries for which tables are made at once.
    var expectedCount: Int {
        switch self {
        case .entries(let count): min(count, 1 << 26) + 1
        case .bytes: 1 << 12
        }
    }

    /// Slots that suffice. Of 64 million small entries, 12 bytes each make 800 MB of address space,
    /// which is there, and no memory before they come.
    var slotCapacity: Int { min(weight, 1 << 26) + 1 }
}
