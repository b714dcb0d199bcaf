import LarderCore
@testable import LarderPolicy
import Testing

@Suite struct LirsTests: ~Copyable {
    /// Ten entries of weight 10, of which nine may be LIR.
    private var cache = SmallCache(Lirs(slotCapacity: 400), budget: 100)

    private mutating func scan(_ slots: Range<UInt32>) -> [UInt32] {
        var victims: [UInt32] = []
        for slot in slots { victims += cache.admit(slot) }
        return victims
    }

    @Test func `a loop that is longer than the cache hits on most of what fits`() {
        let loop = (0..<10 * 150).map {
            (hash: KeyHasherForTests.hash(UInt64($0) % 150), size: UInt32(1))
        }
        #expect(PolicyName.lru.missCount(capacity: .entries(100), requests: loop) == 1500)
        let missCount = PolicyName.lirs.missCount(capacity: .entries(100), requests: loop)
        #expect(missCount == 150 + 9 * (150 - 99))
    }

    @Test mutating func `a scan passes through the queue`() {
        #expect(scan(0..<10) == [])
        #expect(scan(10..<100) == Array(9..<99))
        #expect(cache.policy.hot.count == 9)
    }

    @Test mutating func `who comes back sooner than the last LIR entry takes its place`() {
        _ = scan(0..<12)
        // 10 left, and was used after 0 was.
        #expect(cache.admit(10) == [11])
        #expect(cache.policy.coldest() == SlotID(rawValue: 0))
        // 0 is below the last LIR entry now: a hit gives it another turn in the queue, no more.
        cache.touch(0)
        #expect(cache.admit(20) == [0])
        #expect(cache.policy.hot.count == 9)
    }

    @Test mutating func `a hit in the queue is enough for an entry in the stack`() {
        _ = scan(0..<10)
        cache.touch(9)
        #expect(cache.policy.coldest() == SlotID(rawValue: 0))
    }

    @Test mutating func `hashes below the last LIR entry are forgotten`() {
        _ = scan(0..<14)
        #expect(cache.policy.ghost.count == 4)
        cache.touch(0, 1, 2, 3, 4, 5, 6, 7, 8)
        #expect(cache.policy.ghost.count == 0)
    }

    @Test mutating func `remembers at most as many as it holds`() {
        _ = scan(0..<50)
        #expect(cache.policy.ghost.count == 10)
    }

    @Test func `an entry above the queue never enters if the rule is to refuse it`() {
        var cache = SmallCache(Lirs(slotCapacity: 9, oversized: .refuse), budget: 1000)
        #expect(cache.admit(1, weight: 11) == [1])
        #expect(cache.admit(2, weight: 10) == [])
    }

    @Test func `costs 16 bytes per slot, and a node in the queue only`() {
        #expect(Lirs.bytesPerSlot == 16)
        let slotCount = 100_000
        var cache = SmallCache(Lirs(slotCapacity: slotCount), budget: slotCount)
        for slot in 0..<UInt32(slotCount) { _ = cache.admit(slot, weight: 1) }
        #expect((slotCount * 16...slotCount * 17 + 100_000).contains(cache.policy.storageBytes))
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lirs(slotCapacity: 1))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(Lirs(slotCapacity: 3))
            _ = cache.admit(2)
            cache.touch(1)
        }
    }
}
