import LarderPolicy
import Testing

extension Gdsf: CheckedPolicy {}
extension Hyperbolic: CheckedPolicy {}

/// The policies that weigh what entries are worth against their space.
@Suite struct WorthPolicyTests {
    @Test(arguments: UInt64(0)..<64, Objective.allCases)
    func `GDSF agrees with the model after every operation`(
        seed: UInt64, objective: Objective
    ) throws {
        let policy = Gdsf(slotCapacity: PolicyOperation.slotCapacity, objective: objective)
        try expectAgreement(of: policy, with: GdsfModel(objective: objective), seed: seed)
    }

    @Test(arguments: UInt64(0)..<64, Objective.allCases)
    func `Hyperbolic agrees with the model after every operation`(
        seed: UInt64, objective: Objective
    ) throws {
        let policy = Hyperbolic(slotCapacity: PolicyOperation.slotCapacity, objective: objective)
        try expectAgreement(of: policy, with: HyperbolicModel(objective: objective), seed: seed)
    }
}

/// Slots that leave a rest of 1 by 3 are of normal priority, those before low, those behind high.
@Suite struct GdsfTests: ~Copyable {
    private var cache = SmallCache(Gdsf(slotCapacity: 100))

    @Test mutating func `keeps what was used often, but not for ever`() {
        _ = cache.admit(1, 4, 7)
        cache.touch(1, 1, 1)
        #expect(cache.admit(10, 13, 16) == [4, 7, 10])
        let victims = cache.admit(19, 22, 25, 28, 31, 34, 37, 40)
        #expect(victims.contains(1))
    }

    @Test mutating func `does not let a heavy newcomer push out what is worth more`() {
        _ = cache.admit(1, 4, 7)
        cache.touch(1, 4, 7)
        #expect(cache.admit(10, weight: 30) == [10])
    }

    @Test mutating func `evicts low priorities first`() {
        _ = cache.admit(2, 1, 0)
        #expect(cache.admit(4) == [0])
        #expect(cache.admit(7) == [1])
    }

    @Test func `keeps what costs most where cost is the objective`() {
        let run = PolicyName.gdsf.makeRun(capacity: .entries(10), options: .init(objective: .cost))
        var accesses: [Access] = []
        for round in 0..<10 as Range<UInt64> {
            for key in 0..<5 as Range<UInt64> {
                accesses.append(Access(hash: KeyHasherForTests.hash(key), weight: 1))
                accesses[accesses.count - 1].cost = 1000
            }
            for key in 0..<100 as Range<UInt64> {
                let hash = KeyHasherForTests.hash(1000 * (round + 1) + key)
                accesses.append(Access(hash: hash, weight: 1))
            }
        }
        run.run(accesses.span)
        #expect(run.tally().missCount == 5 + 10 * 100)
    }
}

@Suite struct HyperbolicTests: ~Copyable {
    private var cache = SmallCache(Hyperbolic(slotCapacity: 100))

    @Test mutating func `evicts what was popular long ago rather than a newcomer`() {
        _ = cache.admit(1)
        cache.touch(1, 1, 1, 1, 1)
        _ = cache.admit(4)
        for _ in 0..<200 { cache.touch(4) }
        #expect(cache.admit(7, 10) == [1])
    }

    @Test mutating func `evicts low priorities first`() {
        _ = cache.admit(2, 1, 0)
        #expect(cache.admit(4) == [0])
    }
}
