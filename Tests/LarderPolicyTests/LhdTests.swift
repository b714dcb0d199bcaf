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

    @Test func `an entry is in the class of its last two hits`() {
        var tag = LhdTag(used: 5)
        var classes = [tag.classNumber]
        for age in [3, 100, 0, 0] {
            tag.hit(atAge: age, now: 9)
            classes.append(tag.classNumber)
        }
        #expect(classes == [0, 13, 8, 8, 15])
        #expect(tag.used == 9)
        #expect(tag.isHeld)
    }

    /// Of a hit at each age that is a multiple of 5 and an eviction at each multiple of 3.
    @Test func `learns hits still to come per time still to be spent`() {
        let ages = 0..<100
        var model = HitDensities()
        for age in ages where age % 5 == 0 { model.countHit(class: 3, age: age) }
        for age in ages where age % 3 == 0 { model.countEviction(class: 3, age: age) }
        model.update(entryCount: 1000)
        let actual = ages.map { model.density(class: 3, age: $0) }
        for age in ages {
            let hits = (age..<100).filter { $0 % 5 == 0 }
            let evictions = (age..<100).filter { $0 % 3 == 0 }
            let time = (hits + evictions).reduce(0) { $0 + $1 - age + 1 }
            let expected = time == 0 ? 0 : Float(hits.count) / Float(time)
            #expect(abs(actual[age] - expected) < 1e-4, "\(age)")
        }
        #expect([model.density(class: 2, age: 0), model.density(class: 3, age: 100)] == [0, 0])
    }

    @Test func `gathers what it counted when the step grows`() {
        var model = HitDensities()
        for age in 0..<64 { model.countHit(class: 0, age: age) }
        // The sixth update sets a step of 2^13 accesses, eight times the first.
        for _ in 0..<6 { model.update(entryCount: 1_500_000) }
        let densities = (0..<9).map { model.density(class: 0, age: $0) }
        #expect(model.stepLog2 == 13)
        // Eight steps are left, each with as many hits: at the last, all in one step.
        #expect(abs(densities[7] - 1) < 1e-4)
        #expect(abs(densities[0] - 8 / 36) < 1e-4)
        #expect(densities[8] == 0)
    }

    @Test func `spreads what it counted when the step shrinks`() {
        var model = HitDensities()
        for age in 0..<4 { model.countHit(class: 0, age: age) }
        // The sixth update sets the least step, 2 accesses, 512 times less than the first.
        for _ in 0..<6 { model.update(entryCount: 10) }
        let densities = [0, 2047, 2048].map { model.density(class: 0, age: $0) }
        #expect(model.stepLog2 == 1)
        #expect(abs(densities[0] - 2 / 2049) < 1e-5)
        #expect(abs(densities[1] - 1) < 1e-4)
        #expect(densities[2] == 0)
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
