import LarderPolicy
import Testing

@Suite struct ClockTests: ~Copyable {
    private var cache = SmallCache(Clock(slotCapacity: 100))

    @Test mutating func `a hit earns one more round`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1)
        #expect(cache.admit(4, 5) == [2, 3])
        #expect(cache.admit(6) == [1])
    }

    @Test mutating func `evicts a hit entry when it has spared enough`() {
        cache = SmallCache(Clock(slotCapacity: 100, sparedMax: 1))
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 2)
        #expect(cache.admit(4) == [2])
        #expect(cache.policy.sparedMaxHits == 1)
    }

    @Test func `costs 12 bytes per slot`() {
        #expect(Clock.bytesPerSlot == 12)
    }
}

@Suite struct SieveTests: ~Copyable {
    private var cache = SmallCache(Sieve(slotCapacity: 100))

    @Test mutating func `spares a hit entry once, and newcomers must prove themselves soon`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1)
        #expect(cache.admit(4, 5, 6) == [2, 3, 4])
        #expect(cache.admit(7, 8) == [5, 6])
        #expect(cache.policy.totalWeight == 30)
    }

    @Test mutating func `the removal of the entry at the hand moves the hand on`() {
        _ = cache.admit(1, 2, 3)
        cache.touch(1)
        #expect(cache.policy.coldest() == SlotID(rawValue: 2))
        cache.remove(2)
        _ = cache.admit(4)
        #expect(cache.admit(5) == [3])
    }

    @Test mutating func `evicts a hit entry when it has spared enough`() {
        cache = SmallCache(Sieve(slotCapacity: 100, sparedMax: 1))
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 2)
        #expect(cache.admit(4) == [2])
        #expect(cache.policy.sparedMaxHits == 1)
    }
}

@Suite struct SegmentedLruTests: ~Copyable {
    private var cache = SmallCache(SegmentedLru(slotCapacity: 100), budget: 80)

    @Test mutating func `a scan passes through the lowest segment`() {
        _ = cache.admit(1, 2, 3, 4)
        cache.touch(1, 2, 1, 2)
        for slot in UInt32(10)..<90 {
            let victims = cache.admit(slot)
            #expect(victims.contains(1) == false && victims.contains(2) == false)
        }
    }

    @Test mutating func `what overflows a segment falls into the one below`() {
        _ = cache.admit(1, 2, 3, 4, 5, 6, 7, 8)
        // The higher segments are full. On its way up 1 pushes 3, 5 and 7 down.
        cache.touch(1, 1, 1)
        #expect(cache.admit(9, 10) == [2, 3])
    }
}

@Suite struct TwoQueueTests: ~Copyable {
    private var cache = SmallCache(TwoQueue(slotCapacity: 200), budget: 80)

    @Test mutating func `resists a scan once an entry came back`() {
        _ = cache.admit(1)
        #expect(cache.admit(2, 3, 4, 5, 6, 7, 8, 9) == [1])
        #expect(cache.admit(1) == [2])
        for slot in UInt32(10)..<90 { #expect(cache.admit(slot).contains(1) == false) }
    }

    @Test mutating func `hits soon after admission count for nothing`() {
        _ = cache.admit(1)
        cache.touch(1, 1, 1, 1)
        #expect(cache.admit(2, 3, 4, 5, 6, 7, 8, 9) == [1])
    }

    @Test mutating func `a deleted entry is not remembered`() {
        _ = cache.admit(1)
        cache.remove(1)
        _ = cache.admit(2, 3, 4, 5, 6, 7, 8, 1)
        #expect(cache.admit(9, 10, 11, 12, 13, 14, 15, 16) == [2, 3, 4, 5, 6, 7, 8, 1])
    }
}

@Suite struct MultiQueueTests: ~Copyable {
    private var cache = SmallCache(MultiQueue(slotCapacity: 200, lifetime: 50), budget: 80)

    @Test mutating func `keeps the frequent while others pass, for some life times`() {
        _ = cache.admit(1)
        cache.touch(1, 1, 1)
        var evictedAfter: Int?
        for slot in UInt32(10)..<190 where cache.admit(slot).contains(1) {
            evictedAfter = Int(slot) - 10
        }
        // Two life times until it is in the lowest queue, where seven others leave before it.
        #expect(evictedAfter == 108)
    }

    @Test mutating func `what comes back is as frequent as it was, and once more`() {
        _ = cache.admit(1)
        cache.touch(1, 1)
        _ = cache.admit(2, 3, 4, 5, 6, 7, 8)
        cache.touch(2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8)
        #expect(cache.admit(9) == [1])
        #expect(cache.admit(1) == [9])
        // With its four uses it is in the third queue, among the others.
        #expect(cache.admit(10) == [2])
    }
}

@Suite struct Clock2QPlusTests: ~Copyable {
    /// Ten in the small queue, of which the newest five are in the window.
    private var cache = SmallCache(Clock2QPlus(slotCapacity: 300), budget: 1000)

    private mutating func admit(_ slots: Range<UInt32>) -> [UInt32] {
        slots.flatMap { cache.admit($0) }
    }

    @Test mutating func `a burst earns no stay, a hit some time later does`() {
        _ = admit(0..<100)
        // Full: from here on newcomers enter the small queue, and the oldest there leave.
        #expect(admit(100..<110) == Array(0..<10))
        cache.touch(100, 109)
        cache.touch(109, 109)
        // 100 goes on to main, which is over its share then; 109 leaves with the others.
        #expect(admit(110..<120) == [101, 10, 102, 103, 104, 105, 106, 107, 108, 109])
    }

    @Test mutating func `resists a scan`() {
        _ = admit(0..<100)
        let victims = admit(100..<200)
        #expect(victims.filter { (10..<100).contains($0) } == [])
    }
}
