import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct MissBudgetTests {
    @Test(arguments: UInt64(0)..<1000)
    func `the budget of misses keeps its total, and places for each origin`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let origins = Int.random(in: 1...6, using: &random)
        let total = Int.random(in: origins...40, using: &random)
        var budget = try MissBudget(total: total, originCount: origins)
        let own = max(total / (2 * origins), 1)
        var used = [Int](repeating: 0, count: origins)
        for _ in 0..<300 {
            let origin = Int.random(in: 0..<origins, using: &random)
            if random.happens(0.7) {
                let shared = used.map { max($0 - own, 0) }.reduce(0, +)
                let hasRoom = used[origin] < own || shared < total - own * origins
                #expect(budget.hasRoom(for: origin) == hasRoom)
                #expect(budget.take(origin) == hasRoom)
                if hasRoom { used[origin] += 1 }
            } else if used[origin] > 0 {
                used[origin] -= 1
                budget.giveBack(origin)
            }
            #expect(budget.inUse == used.reduce(0, +) && budget.inUse <= total)
        }
    }

    @Test func `places that are shared out anew count those that are taken`() throws {
        var budget = try MissBudget(total: 4, originCount: 1)
        #expect(taken(10, by: 0, of: &budget) == 4)
        let added = budget.addOrigin()
        try budget.share(total: 6, originCount: 2)
        // One is each origin's own, and the old one has three of the four that are shared.
        #expect(taken(10, by: added, of: &budget) == 2)
        #expect(taken(10, by: 0, of: &budget) == 0)
        for _ in 0..<4 { budget.giveBack(0) }
        #expect(taken(10, by: added, of: &budget) == 3)
        #expect(taken(10, by: 0, of: &budget) == 1)
        #expect(budget.inUse == 6)
        #expect(throws: OutOfBounds.self) {
            var other = budget
            try other.share(total: 1, originCount: 2)
        }
    }

    /// How many of `count` places it gets.
    private func taken(_ count: Int, by origin: Int, of budget: inout MissBudget) -> Int {
        var taken = 0
        for _ in 0..<count where budget.take(origin) { taken += 1 }
        return taken
    }
}
