import LarderCore
@testable import LarderPolicy
import Testing

extension WTinyLfu: CheckedPolicy {}

@Suite struct WTinyLfuTests: ~Copyable {
    /// Budget 100 of which the window has 10 at first, and 18 are on probation: 90 less 80 %.
    private var cache = SmallCache(WTinyLfu(slotCapacity: 400, windowShare: 0.1), budget: 100)

    /// A window of a third meets the weights of the operations; one of 1 % makes all candidates.
    @Test(arguments: UInt64(0)..<64, [0.01, 0.3])
    func `agrees with the model after every operation`(seed: UInt64, share: Double) throws {
        let policy = WTinyLfu(slotCapacity: PolicyOperation.slotCapacity, windowShare: share)
        let model = WTinyLfuModel(windowShare: share)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 1500)
    }

    @Test mutating func `what was asked for twice survives a scan`() {
        _ = cache.admit(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
        cache.touch(0, 1, 2, 3, 4, 5, 6, 7, 8)
        for slot in UInt32(20)..<80 { #expect(cache.admit(slot).allSatisfy { $0 > 8 }) }
    }

    @Test mutating func `who comes back often enough gets in`() {
        _ = cache.admit(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
        cache.touch(0, 1, 2, 3, 4, 5, 6, 7, 8)
        // The first time it is in the window, which 9 leaves, asked for once.
        #expect(cache.admit(20) == [9])
        #expect(cache.admit(21) == [20])
        #expect(cache.admit(20) == [21])
        // 20 was asked for twice, as often as 0, and then once more.
        cache.touch(20)
        #expect(cache.admit(22) == [0])
    }

    @Test mutating func `a heavy newcomer must outweigh all that it displaces`() {
        _ = cache.admit(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
        #expect(cache.admit(20, weight: 40) == [20])
        #expect(cache.admit(20, weight: 40) == [20])
        // Asked for three times, more often than two others that were asked for once.
        #expect(cache.admit(20, weight: 20) == [0, 1])
    }

    @Test mutating func `refuses what could never fit and evicts what is beyond the limit`() {
        _ = cache.admit(0, 1, 2)
        #expect(cache.admit(3, weight: 101) == [3])
        var victims: [SlotID] = []
        cache.policy.admit(
            SlotID(rawValue: 5), PolicyOperation.access(SlotID(rawValue: 5), weight: 20),
            room: -15, evicting: &victims)
        #expect(cache.policy.totalWeight <= 15)
        #expect(victims.contains(SlotID(rawValue: 5)))
    }

    @Test func `costs 12 bytes per slot while all weights are 1, and 16 otherwise`() {
        #expect(WTinyLfu.bytesPerSlot == 12)
        for (weight, bytes) in [(UInt32(1), 12), (9, 16)] {
            var cache = SmallCache(WTinyLfu(slotCapacity: 1 << 20), budget: .max >> 1)
            _ = cache.admit((1 << 20) - 1, weight: weight)
            let sketchBytes = cache.policy.sketch.storageBytes
            #expect(sketchBytes == 1 << 17)
            let taken = cache.policy.storageBytes - sketchBytes
            #expect((bytes << 20...(bytes << 20) + 8192).contains(taken))
        }
    }

    @Test func `traps when a slot is held twice or not at all`() async {
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(WTinyLfu(slotCapacity: 2))
            _ = cache.admit(0, 0)
        }
        await #expect(processExitsWith: .failure) {
            var cache = SmallCache(WTinyLfu(slotCapacity: 2))
            _ = cache.admit(0)
            cache.touch(1)
        }
    }
}
