import LarderCore
import Testing

@testable import LarderHierarchy

/// Every order in which the steps of a few loads, a write, a delete, a ban, an expiry and their
/// fills can come, for one key with a level below: no read gives what was written over before it
/// began.
@Suite struct OneKeyInterleavingTests {
    @Test(arguments: OneKeyWorld.scenarios)
    func `no order shows an older value`(steps: [OneKeyWorld.Step]) throws {
        var explorer = OneKeyExplorer()
        try explorer.explore(try OneKeyWorld(steps))
        #expect(explorer.endCount > 100, "only \(explorer.endCount) orders")
    }

    @Test(arguments: OneKeyWorld.Plant.allCases)
    func `notices a planted bug`(plant: OneKeyWorld.Plant) {
        let isNoticed = OneKeyWorld.scenarios.contains { steps in
            var explorer = OneKeyExplorer()
            do {
                try explorer.explore(try OneKeyWorld(steps, plant: plant))
                return false
            } catch {
                return true
            }
        }
        #expect(isNoticed)
    }
}

struct OneKeyExplorer {
    private(set) var endCount = 0

    mutating func explore(_ world: OneKeyWorld) throws {
        let moves = world.moves
        if moves.isEmpty {
            endCount += 1
            return try world.finish()
        }
        for move in moves {
            var next = world
            try next.make(move)
            try explore(next)
        }
    }
}
