import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct LfudaTests: ~Copyable {
    private var cache = SmallCache(Lfuda(slotCapacity: 400))

    @Test mutating func `evicts the least frequently used, and of those the least recently used`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(3, 1)
        #expect(cache.admit(4) == [2])
        // The age is 1 now, so 4 has as much as 3 and 1, which were used before it came.
        #expect(cache.admit(5) == [3])
        #expect(cache.policy.coldest() == SlotID(rawValue: 1))
    }

    @Test mutating func `what was popular once leaves when as many newcomers have passed`() {
        _ = cache.admit(1, 2, 3)
        for _ in 0..<10 { cache.touch(1) }
        var next = UInt32(10)
        while !cache.admit(next).contains(1), next < 390 { next += 1 }
        // Two others leave at each age up to 10. At 11 it is the one used longest ago.
        #expect(next == 10 + 2 * 10)
        #expect(cache.policy.age == 11)
    }

    @Test mutating func `what stays popular is kept`() {
        _ = cache.admit(1, 2, 3)
        for slot in UInt32(10)..<390 {
            cache.touch(1)
            #expect(cache.admit(slot).contains(1) == false)
        }
    }

    @Test mutating func `the removal of the coldest moves the age, another one does not`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 2)
        cache.remove(1)
        #expect(cache.policy.age == 0)
        #expect(cache.policy.coldest() == SlotID(rawValue: 3))
        cache.remove(3)
        #expect(cache.policy.age == 1)
    }

    @Test func `costs 32 bytes per slot`() {
        #expect(Lfuda.bytesPerSlot == 32)
        let slotCount = 100_000
        var cache = SmallCache(Lfuda(slotCapacity: slotCount), budget: slotCount)
        for slot in 0..<UInt32(slotCount) { _ = cache.admit(slot, weight: 1) }
        #expect((slotCount * 32...slotCount * 32 + 60_000).contains(cache.policy.storageBytes))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lfuda(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lfuda(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
