@testable import LarderPolicy
import Testing

extension Clock: CheckedPolicy {}
extension Clock2QPlus: CheckedPolicy {}
extension Fifo: CheckedPolicy {}
extension Lru: CheckedPolicy {}
extension MultiQueue: CheckedPolicy {}
extension S3Fifo: CheckedPolicy {}
extension SegmentedLru: CheckedPolicy {}
extension Sieve: CheckedPolicy {}
extension TwoQueue: CheckedPolicy {}
extension Arc: CheckedPolicy {}
extension Lirs: CheckedPolicy {}
extension Lfu: CheckedPolicy {}
extension Lfuda: CheckedPolicy {}

@Suite struct PolicyModelTests {
    @Test(arguments: UInt64(0)..<64)
    func `FIFO agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Fifo(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: ListModel(movesOnTouch: false), seed: seed)
    }

    @Test(arguments: UInt64(0)..<64)
    func `LRU agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Lru(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: ListModel(movesOnTouch: true), seed: seed)
    }

    /// Scale 26 makes half of the weights too large for the packed state.
    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `S3-FIFO agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        let sparedMax = 3
        let policy = S3Fifo(
            slotCapacity: PolicyOperation.slotCapacity, oversized: .admit, sparedMax: sparedMax)
        let model = S3FifoModel(sparedMax: sparedMax)
        try expectAgreement(of: policy, with: model, seed: seed, steps: 400, scale: scale)
    }

    @Test(arguments: UInt64(0)..<64)
    func `ARC agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Arc(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: ArcModel(), seed: seed)
    }

    @Test(arguments: UInt64(0)..<64)
    func `LIRS agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Lirs(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: LirsModel(), seed: seed)
    }

    @Test(arguments: UInt64(0)..<64)
    func `LFU agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Lfu(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: FrequencyModel(isAging: false), seed: seed)
    }

    /// One that begins at the end of its time, which it must survive.
    @Test(arguments: UInt64(0)..<64, [0, UInt32.max - 100])
    func `LFU-DA agrees with the model after every operation`(seed: UInt64, now: UInt32) throws {
        let policy = Lfuda(slotCapacity: PolicyOperation.slotCapacity, now: now)
        try expectAgreement(of: policy, with: FrequencyModel(isAging: true), seed: seed)
    }
}
