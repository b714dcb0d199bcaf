import LarderCore
import LarderPolicy
import Testing

/// What each policy of the library has besides the contract.
protocol CheckedPolicy: Policy, ~Copyable {
    var totalWeight: Int { get }
    func checkInvariants() throws(InvariantViolation)
}

/// Fails where `policy` and `model` first answer differently: victims, the coldest slot, the
/// weight.
///
/// - Parameters:
///   - policy: Empty, for `PolicyOperation.slotCapacity` slots.
///   - model: The same, slow and obvious.
///   - seed: Of the operations.
///   - steps: How many of them.
///   - scale: Zeros behind the four digits of weights.
/// - Throws: At the first difference, or the first broken promise of the policy.
func expectAgreement<P: CheckedPolicy & ~Copyable>(
    of policy: consuming P, with model: some PolicyModel, seed: UInt64, steps: Int = 500,
    scale: Int = 0
) throws {
    var random = SeededRandom(seed: seed)
    var policy = policy
    var model = model
    for step in 0..<steps {
        let operation = PolicyOperation.random(scale: scale, using: &random)
        let (actual, expected) = operation.apply(to: &policy, and: &model)
        try #require(actual == expected, "step \(step): \(operation)")
        let weight = policy.totalWeight
        try #require(weight == model.totalWeight, "step \(step): \(operation)")
        try policy.checkInvariants()
    }
}
