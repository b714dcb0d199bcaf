import LarderCore
import LarderPolicy
import Testing

/// What FIFO and LRU have besides a policy's contract.
private protocol ListPolicy: Policy, ~Copyable {
    var totalWeight: Int { get }
    func checkInvariants() throws(InvariantViolation)
}

extension Fifo: ListPolicy {}
extension Lru: ListPolicy {}

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

    private func expectAgreement<P: ListPolicy & ~Copyable>(
        of policy: consuming P, with model: ListModel, seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        var policy = policy
        var model = model
        for step in 0..<500 {
            let operation = PolicyOperation.random(scale: 0, using: &random)
            let (actual, expected) = operation.apply(to: &policy, and: &model)
            try #require(actual == expected, "step \(step): \(operation)")
            let weight = policy.totalWeight
            try #require(weight == model.totalWeight, "step \(step): \(operation)")
            try policy.checkInvariants()
        }
    }

    /// Scale 26 makes half of the weights too large for the packed state.
    @Test(arguments: UInt64(0)..<64, [0, 26])
    func `S3-FIFO agrees with the model after every operation`(seed: UInt64, scale: Int) throws {
        var random = SeededRandom(seed: seed)
        let sparedMax = 3
        var policy = S3Fifo(
            slotCapacity: PolicyOperation.slotCapacity, oversized: .admit, sparedMax: sparedMax)
        var model = S3FifoModel(sparedMax: sparedMax)
        for step in 0..<400 {
            let operation = PolicyOperation.random(scale: scale, using: &random)
            let (actual, expected) = operation.apply(to: &policy, and: &model)
            try #require(actual == expected, "step \(step): \(operation)")
            try #require(policy.totalWeight == model.totalWeight, "step \(step): \(operation)")
            try policy.checkInvariants()
        }
    }
}
