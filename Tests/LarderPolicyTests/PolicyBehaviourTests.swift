import LarderCore
import LarderPolicy
import Testing

/// A policy with a budget of 30 in which entries weigh 10 unless a test says otherwise.
struct SmallCache<P: Policy & ~Copyable>: ~Copyable {
    var policy: P
    var heldWeight = 0
    private var weights: [SlotID: Int] = [:]
    let budget: Int

    init(_ policy: consuming P, budget: Int = 30) {
        self.policy = policy
        self.budget = budget
    }

    /// Admits the slots and returns who left.
    mutating func admit(_ slots: UInt32..., weight: UInt32 = 10) -> [UInt32] {
        var victims: [SlotID] = []
        for slot in slots {
            let slot = SlotID(rawValue: slot)
            let alreadyOut = victims.count
            policy.admit(
                slot, PolicyOperation.access(slot, weight: weight), room: budget - heldWeight,
                evicting: &victims)
            weights[slot] = Int(weight)
            heldWeight += Int(weight)
            for victim in victims[alreadyOut...] { heldWeight -= weights[victim, default: 0] }
        }
        return victims.map(\.rawValue)
    }

    mutating func touch(_ slots: UInt32..., weight: UInt32 = 10) {
        for slot in slots {
            let slot = SlotID(rawValue: slot)
            policy.touch(slot, PolicyOperation.access(slot, weight: weight))
            heldWeight += Int(weight) - weights[slot, default: 0]
            weights[slot] = Int(weight)
        }
    }

    mutating func remove(_ slot: UInt32) {
        policy.remove(SlotID(rawValue: slot))
        heldWeight -= weights[SlotID(rawValue: slot), default: 0]
    }
}

@Suite struct FifoTests: ~Copyable {
    private var cache = SmallCache(Fifo(slotCapacity: 100))

    @Test mutating func `evicts in order of admission, hits or not`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 1, 1)
        #expect(cache.admit(4, 5) == [1, 2])
    }

    @Test mutating func `makes room for a heavy newcomer and refuses what could never fit`() {
        _ = cache.admit(1, 2, 3)
        #expect(cache.admit(4, weight: 31) == [4])
        #expect(cache.admit(5, weight: 15) == [1, 2])
        #expect(cache.policy.totalWeight == 25)
    }

    @Test mutating func `an overwrite changes the weight and not the place`() {
        _ = cache.admit(1, 2)
        cache.touch(1, weight: 25)
        #expect(cache.policy.totalWeight == 35)
        #expect(cache.policy.coldest() == SlotID(rawValue: 1))
        #expect(cache.admit(3, weight: 5) == [1])
    }

    @Test func `an empty policy has no coldest entry`() {
        var policy = Fifo(slotCapacity: 1)
        #expect(policy.coldest() == nil)
    }

    @Test func `costs 12 bytes per slot, taken as slots appear`() {
        #expect(Fifo.bytesPerSlot == 12)
        #expect(Lru.bytesPerSlot == 12)
        var cache = SmallCache(Fifo(slotCapacity: 1 << 20), budget: .max >> 1)
        let empty = cache.policy.storageBytes
        #expect(empty <= 1 << 17)
        _ = cache.admit((1 << 20) - 1)
        // Whole pages, and some nodes for the list itself.
        #expect((12 << 20...(12 << 20) + 8192).contains(cache.policy.storageBytes))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Fifo(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var policy = Fifo(slotCapacity: 1)
            policy.remove(SlotID(rawValue: 0))
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Fifo(slotCapacity: 1))
            _ = cache.admit(1)
        }
    }
}

@Suite struct LruTests: ~Copyable {
    private var cache = SmallCache(Lru(slotCapacity: 100))

    @Test mutating func `evicts the least recently used`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1)
        #expect(cache.admit(4, 5) == [2, 3])
        #expect(cache.admit(6) == [1])
    }

    @Test mutating func `the removal of an entry leaves the order of the others`() {
        _ = cache.admit(1, 2, 3)
        cache.remove(2)
        #expect(cache.admit(4) == [])
        #expect(cache.admit(5, 6) == [1, 3])
    }

    @Test func `traps when a slot that is not held is touched`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lru(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
