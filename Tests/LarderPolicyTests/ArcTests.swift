import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct ArcTests: ~Copyable {
    /// Ten entries of weight 10.
    private var cache = SmallCache(Arc(slotCapacity: 400), budget: 100)

    /// Admits `slots` one by one and returns who left.
    private mutating func scan(_ slots: Range<UInt32>) -> [UInt32] {
        var victims: [UInt32] = []
        for slot in slots { victims += cache.admit(slot) }
        return victims
    }

    @Test mutating func `a scan passes by what was used twice`() {
        _ = scan(0..<10)
        cache.touch(0, 1, 2, 3, 4)
        #expect(scan(100..<200) == Array(5..<10) + Array(100..<195))
    }

    @Test mutating func `an entry that returns while it is remembered counts as used twice`() {
        _ = scan(0..<10)
        cache.touch(0, 1, 2, 3, 4)
        #expect(scan(10..<13) == [5, 6, 7])
        #expect(cache.admit(5) == [8])
        #expect(cache.policy.frequent.count == 6)
        // The ghost remembers as many as it may, and the target has moved by one entry.
        #expect(cache.policy.recentTarget == 10)
        #expect(cache.policy.recentGhost.count == 3)
    }

    @Test mutating func `what returns to the frequent moves the target back`() {
        _ = scan(0..<10)
        cache.touch(0, 1, 2, 3, 4)
        _ = scan(10..<13)
        // Recent is now allowed three entries and has them, so 7 pushed out 0.
        _ = scan(5..<8)
        #expect(cache.policy.recentTarget == 30)
        #expect(cache.admit(20, 21) == [1, 10])
        #expect(cache.policy.frequentGhost.count == 2)
        _ = cache.admit(0)
        #expect(cache.policy.recentTarget < 30)
    }

    @Test mutating func `the removal of the coldest is remembered, another one is not`() {
        _ = scan(0..<10)
        cache.remove(3)
        #expect(cache.policy.recentGhost.count == 0)
        cache.touch(4)
        #expect(cache.policy.coldest() == SlotID(rawValue: 0))
        cache.remove(0)
        #expect(cache.policy.recentGhost.count == 1)
    }

    @Test func `costs 20 bytes per slot, and 30 for each entry in a ghost`() {
        #expect(Arc.bytesPerSlot == 20)
        let slotCount = 100_000
        var cache = SmallCache(Arc(slotCapacity: slotCount + 1), budget: slotCount)
        for slot in 0..<UInt32(slotCount) { _ = cache.admit(slot, weight: 1) }
        let atFirst = cache.policy.storageBytes
        #expect((slotCount * 20...slotCount * 21 + 100_000).contains(atFirst))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Arc(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Arc(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
