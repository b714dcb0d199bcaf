import LarderTesting
import Testing

@Suite struct SourceSimulationTests {
    @Test(arguments: 0..<16)
    func `keeps its promises whatever fails`(block: UInt64) throws {
        var served = 0
        for seed in block * 64..<(block + 1) * 64 {
            var simulation = try SourceSimulation(seed: seed)
            do {
                try simulation.run()
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            served += simulation.servedCount
        }
        #expect(served > 6_000)
    }

    @Test(arguments: [SourceSimulation.Plant.fillsBlindly, .joinsOldLoads])
    func `notices a planted bug`(plant: SourceSimulation.Plant) throws {
        let seeds: Range<UInt64> = 0..<200
        let noticed = seeds.contains { seed in
            guard var simulation = try? SourceSimulation(seed: seed, plant: plant) else {
                return false
            }
            do {
                try simulation.run()
                return false
            } catch {
                return true
            }
        }
        #expect(noticed)
    }
}
