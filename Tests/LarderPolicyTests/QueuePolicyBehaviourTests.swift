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
        #expect(cache.policy.coldest() == SlotID(rawValue: 1))
        cache.remove(1)
        _ = cache.admit(4)
        #expect(cache.admit(5) == [2])
    }

    @Test mutating func `evicts a hit entry when it has spared enough`() {
        cache = SmallCache(Sieve(slotCapacity: 100, sparedMax: 1))
        _ = cache.admit(1, 2, 3)
        cache.touch(1, 2)
        #expect(cache.admit(4) == [2])
        #expect(cache.policy.sparedMaxHits == 1)
    }
}
