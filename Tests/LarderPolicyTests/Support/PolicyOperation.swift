import LarderCore
import LarderPolicy
import Testing

/// What a shell does with a policy. Each case is meaningful in every state, so that any part of a
/// failing sequence is one too.
enum PolicyOperation {
    /// Touches the slot if it is held, admits it otherwise.
    case use(SlotID, weight: UInt32, budget: Int)
    case remove(SlotID)
    case askColdest
    /// Asks and removes the answer.
    case evictColdest

    /// Few slots, so that they meet again; a budget that holds about a third of them.
    static let slotCapacity = 24
    static let budget = 80

    /// A random operation. Weights have four significant bits and then `scale` zeros.
    static func random(scale: Int, using random: inout SeededRandom) -> PolicyOperation {
        let slot = SlotID(rawValue: .random(in: 0..<UInt32(slotCapacity), using: &random))
        let budget = budget << scale
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .remove(slot)
        case 1: return .askColdest
        case 2: return .evictColdest
        case 3: return .use(slot, weight: UInt32(48) << scale, budget: budget)
        case 4: return .use(slot, weight: UInt32(5) << scale, budget: budget / 2)
        case 5: return .use(slot, weight: UInt32(15) << scale, budget: .random(in: -9...9) << scale)
        default:
            let weight = UInt32.random(in: 0...15, using: &random) << scale
            return .use(slot, weight: weight, budget: budget)
        }
    }

    /// All that is known follows from slot and weight, so that models know it too.
    static func access(_ slot: SlotID, weight: UInt32) -> Access {
        // Any hash will do that differs from slot to slot.
        let hash = UInt64(slot.rawValue) &* 0xD6E8_FEB8_6659_FD93
        var access = Access(hash: hash, weight: weight)
        let mixed = hash ^ UInt64(weight) &* 0x9E37_79B9_7F4A_7C15
        access.cost = UInt32(mixed >> 32 & 1023)
        access.priority = Priority(rawValue: UInt8(slot.rawValue % 3)) ?? .normal
        // Within twice the steps of a test; an eighth are never needed again.
        access.nextUse = mixed >> 61 == 0 ? .max : mixed >> 40 & 1023
        return access
    }
}

/// A policy as one would explain it: slow and obvious.
protocol PolicyModel {
    var totalWeight: Int { get }
    func holds(_ slot: SlotID) -> Bool
    mutating func admit(_ slot: SlotID, weight: Int, room: Int) -> [SlotID]
    mutating func touch(_ slot: SlotID, weight: Int)
    mutating func remove(_ slot: SlotID)
    mutating func coldest() -> SlotID?
}

extension PolicyOperation {
    /// What the policy and the model answer: the victims, or the coldest slot.
    func apply<P: Policy & ~Copyable>(
        to policy: inout P, and model: inout some PolicyModel
    ) -> ([SlotID], [SlotID]) {
        switch self {
        case .use(let slot, let weight, _) where model.holds(slot):
            policy.touch(slot, Self.access(slot, weight: weight))
            model.touch(slot, weight: Int(weight))
            return ([], [])
        case .use(let slot, let weight, let budget):
            let room = budget - model.totalWeight
            var victims: [SlotID] = []
            policy.admit(
                slot, Self.access(slot, weight: weight), room: room, evicting: &victims)
            return (victims, model.admit(slot, weight: Int(weight), room: room))
        case .remove(let slot):
            guard model.holds(slot) else { return ([], []) }
            policy.remove(slot)
            model.remove(slot)
            return ([], [])
        case .askColdest:
            let answers = [policy.coldest(), policy.coldest()].compactMap(\.self)
            return (answers, [model.coldest(), model.coldest()].compactMap(\.self))
        case .evictColdest:
            let answers = (policy.coldest(), model.coldest())
            if let slot = answers.0 { policy.remove(slot) }
            if let slot = answers.1 { model.remove(slot) }
            return ([answers.0].compactMap(\.self), [answers.1].compactMap(\.self))
        }
    }
}
