import LarderPolicy
import Testing

/// The policies that are built of `WeightedQueues`, against models. Scale 26 makes half of the
/// weights too large for a packed word.
@Suite struct QueuePolicyModelTests {
    private static let slotCapacity = PolicyOperation.slotCapacity

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `CLOCK agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = Clock(slotCapacity: Self.slotCapacity, sparedMax: 3)
        let model = ClockModel(reinserts: true, sparedMax: 3)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `SIEVE agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = Sieve(slotCapacity: Self.slotCapacity, sparedMax: 3)
        let model = ClockModel(reinserts: false, sparedMax: 3)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `SLRU agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = SegmentedLru(slotCapacity: Self.slotCapacity)
        let model = SegmentedLruModel()
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `2Q agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = TwoQueue(slotCapacity: Self.slotCapacity)
        let model = TwoQueueModel()
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `MQ agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = MultiQueue(slotCapacity: Self.slotCapacity, lifetime: 20)
        let model = MultiQueueModel(lifetime: 20)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `Clock2Q+ agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let policy = Clock2QPlus(
            slotCapacity: Self.slotCapacity, oversized: .admit, sparedMax: 3)
        let model = Clock2QPlusModel(sparedMax: 3)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }
}
