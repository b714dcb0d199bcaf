import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct LfuTests: ~Copyable {
    private var cache = SmallCache(Lfu(slotCapacity: 400))

    @Test mutating func `evicts the least frequently used`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 1, 2)
        #expect(cache.admit(4) == [3])
        cache.touch(4, 4, 4)
        #expect(cache.admit(5) == [2])
    }

    @Test mutating func `of the least frequently used, the least recently used leaves`() {
        _ = cache.admit(1, 2, 3)
        // All are used twice, 2 longest ago.
        cache.touch(2, 3, 1)
        #expect(cache.admit(4) == [2])
        #expect(cache.admit(5) == [4])
        #expect(cache.admit(6) == [5])
        // Used once more, 3 is behind 1 no longer.
        cache.remove(6)
        cache.touch(3)
        #expect(cache.policy.coldest() == SlotID(rawValue: 1))
    }

    @Test mutating func `a scan leaves the frequent alone`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 2)
        for slot in UInt32(10)..<100 { #expect(cache.admit(slot).contains { $0 < 3 } == false) }
    }

    @Test mutating func `frequencies begin anew with the entry`() {
        _ = cache.admit(1, 2)
        cache.touch(1, 1, 1)
        #expect(cache.policy.frequency(of: SlotID(rawValue: 1)) == 4)
        cache.remove(1)
        _ = cache.admit(1)
        #expect(cache.policy.frequency(of: SlotID(rawValue: 1)) == 1)
    }

    @Test func `costs 16 bytes per slot and next to nothing for frequencies`() {
        #expect(Lfu.bytesPerSlot == 16)
        let slotCount = 100_000
        var cache = SmallCache(Lfu(slotCapacity: slotCount), budget: slotCount)
        for slot in 0..<UInt32(slotCount) { _ = cache.admit(slot, weight: 1) }
        for _ in 0..<1000 { cache.touch(7, 8, 8, weight: 1) }
        #expect(cache.policy.runs.count == 3)
        #expect((slotCount * 16...slotCount * 16 + 60_000).contains(cache.policy.storageBytes))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lfu(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lfu(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
