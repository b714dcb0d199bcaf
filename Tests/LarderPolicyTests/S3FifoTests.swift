import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct S3FifoTests: ~Copyable {
    /// Budget 100, of which the small queue has 10: one entry of weight 10.
    private var cache = SmallCache(S3Fifo(slotCapacity: 400), budget: 100)

    /// Fills the cache so that slot 0 is in the small queue and 1 to 9 are in main.
    private mutating func fill() {
        for slot in UInt32(0)..<10 { _ = cache.admit(slot) }
    }

    @Test mutating func `before the first eviction main takes what the small queue cannot`() {
        fill()
        #expect(cache.policy.smallWeight == 10)
        #expect(cache.policy.mainWeight == 90)
    }

    @Test mutating func `a scan passes through the small queue and leaves main alone`() {
        fill()
        #expect(cache.admit(20, 21, 22, 23) == [0, 20, 21, 22])
    }

    @Test mutating func `one hit in the small queue is not enough, two are`() {
        fill()
        cache.touch(0)
        #expect(cache.admit(20) == [0])
        cache.touch(20, 20)
        // 20 moves to main, which is over its share then and loses its oldest.
        #expect(cache.admit(21) == [1])
        #expect(cache.admit(22) == [21])
    }

    @Test mutating func `what the ghost remembers goes to main at once`() {
        fill()
        #expect(cache.admit(20) == [0])
        #expect(cache.admit(0) == [20])
        #expect(cache.policy.mainWeight == 100)
        // Remembered once only.
        #expect(cache.policy.ghost.count == 1)
    }

    @Test mutating func `main reinserts what was hit, up to three times`() {
        fill()
        cache.touch(1, 1, 1, 1, 1)
        var rounds = 0
        var next = UInt32(100)
        var isHeld = true
        while isHeld, rounds < 10 {
            rounds += 1
            // Nine entries by way of the ghost push out the nine of main.
            for slot in next..<next + 9 {
                isHeld = isHeld && !cache.admit(slot).contains(1)
                isHeld = isHeld && !cache.admit(slot + 100, slot).contains(1)
            }
            next += 9
        }
        #expect(rounds == 4)
    }

    @Test mutating func `an entry above the small queue goes to main`() {
        _ = cache.admit(1, weight: 11)
        #expect(cache.policy.mainWeight == 11)
        #expect(cache.policy.smallWeight == 0)
    }

    @Test func `an entry above the small queue never enters if the rule is to refuse it`() {
        var cache = SmallCache(S3Fifo(slotCapacity: 9, oversized: .refuse), budget: 100)
        #expect(cache.admit(1, weight: 11) == [1])
        #expect(cache.admit(2, weight: 10) == [])
    }

    @Test mutating func `the removal of the coldest is remembered, another one is not`() {
        fill()
        cache.remove(0)
        #expect(cache.policy.ghost.count == 0)
        _ = cache.admit(20)
        #expect(cache.policy.coldest() == SlotID(rawValue: 20))
        cache.remove(20)
        #expect(cache.policy.ghost.count == 1)
    }

    @Test mutating func `the coldest entry is another one after enough hits`() {
        fill()
        #expect(cache.policy.coldest() == SlotID(rawValue: 0))
        cache.touch(0)
        #expect(cache.policy.coldest() == SlotID(rawValue: 0))
        cache.touch(0)
        #expect(cache.policy.coldest() == SlotID(rawValue: 1))
    }

    @Test func `evicts a hit entry when it has spared enough`() {
        let policy = S3Fifo(slotCapacity: 100, oversized: .admit, sparedMax: 3)
        var cache = SmallCache(policy, budget: 100)
        for slot in UInt32(0)..<10 { _ = cache.admit(slot, weight: 11) }
        for slot in UInt32(0)..<9 { cache.touch(slot, weight: 11) }
        #expect(cache.admit(20, weight: 11) == [4])
        #expect(cache.policy.sparedMaxHits == 1)
    }

    @Test mutating func `an empty policy begins anew`() {
        fill()
        _ = cache.admit(20)
        while let slot = cache.policy.coldest() { cache.remove(slot.rawValue) }
        #expect(cache.policy.totalWeight == 0)
        for slot in UInt32(30)..<40 { _ = cache.admit(slot) }
        #expect(cache.policy.mainWeight == 90)
    }

    @Test(arguments: [UInt32(1 << 29) - 2, 1 << 29 - 1, 1 << 29, .max])
    func `weights of any size are exact`(weight: UInt32) {
        var cache = SmallCache(S3Fifo(slotCapacity: 4), budget: .max / 2)
        _ = cache.admit(1, weight: weight)
        cache.touch(1, weight: weight)
        #expect(cache.policy.totalWeight == Int(weight))
        cache.touch(1, weight: 1)
        #expect(cache.policy.totalWeight == 1)
        cache.touch(1, weight: weight)
        #expect(cache.policy.totalWeight == Int(weight))
        cache.remove(1)
        #expect(cache.policy.totalWeight == 0)
        #expect(cache.policy.heavyWeights.isEmpty)
    }

    @Test func `costs 12 bytes per slot, and a fingerprint in the small queue only`() {
        #expect(S3Fifo.bytesPerSlot == 12)
        #expect(MemoryLayout<SlotState>.stride == 4)
        #expect(MemoryLayout<SmallQueue.Entry>.stride + SlotLinks.bytesPerSlot == 16)
        #expect(MemoryLayout<GhostTable.Entry>.stride * GhostTable.bucketSize == 64)
        let slotCount = 100_000
        var cache = SmallCache(S3Fifo(slotCapacity: slotCount), budget: slotCount)
        for slot in 0..<UInt32(slotCount) { _ = cache.admit(slot, weight: 1) }
        let expected = slotCount * 12 + slotCount / 10 * 16
        // Four arrays, which grow in steps of 64 KiB. No ghost before the first eviction.
        #expect((expected...expected + 4 * 65_536).contains(cache.policy.storageBytes))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(S3Fifo(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var policy = S3Fifo(slotCapacity: 1)
            policy.remove(SlotID(rawValue: 0))
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(S3Fifo(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
