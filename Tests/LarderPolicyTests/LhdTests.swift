import LarderCore
@testable import LarderPolicy
import Testing

extension Lhd: CheckedPolicy {}

@Suite struct LhdTests {
    @Test(arguments: UInt64(0)..<64, Objective.allCases)
    func `agrees with the model after every operation`(seed: UInt64, objective: Objective) throws {
        let policy = Lhd(slotCapacity: PolicyOperation.slotCapacity, objective: objective)
        try expectAgreement(
            of: policy, with: LhdModel(objective: objective), seed: seed, steps: 1500, scale: 3)
    }

    /// A loop of 3,000 keys in a cache of 2,000: LRU has not one hit. What LHD learns at its first
    /// update is that hits come late.
    @Test func `keeps a part of a loop that does not fit`() {
        let keyCount: UInt64 = 3000
        let run = PolicyName.lhd.makeRun(capacity: .entries(2000))
        let loop = (0..<keyCount).map { Access(hash: KeyHasherForTests.hash($0), weight: 1) }
        for _ in 0..<700 { run.run(loop.span) }
        let before = run.tally().missCount
        for _ in 0..<100 { run.run(loop.span) }
        let missCount = run.tally().missCount - before
        #expect(missCount < 100 * Int(keyCount) * 45 / 100)
    }

    @Test func `tables grow with the ages that occur`() {
        let policy = Lhd(slotCapacity: 1 << 20)
        #expect(policy.storageBytes <= 1 << 17)
    }

    @Test(
        arguments: [(0, 15), (1, 15), (2, 14), (3, 13), (4, 13), (9999, 2), (10_000, 1)]
            + [(19_999, 1), (20_000, 0), (39_999, 0)])
    func `classes are logarithms of ages`(ages: Int, expected: Int) {
        #expect(HitDensities.classOf(ages: ages) == expected)
    }
}
