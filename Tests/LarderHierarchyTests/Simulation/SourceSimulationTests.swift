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
                return
            }
            served += simulation.servedCount
        }
        #expect(served > 6_000)
    }

    @Test(arguments: Plant.allCases)
    func `notices a planted bug`(plant: Plant) throws {
        let seeds: Range<UInt64> = 0..<2_000
        var seen: (seed: UInt64, error: any Error)?
        for seed in seeds where seen == nil {
            var simulation = try SourceSimulation(seed: seed, plant: plant)
            do {
                try simulation.run()
            } catch {
                seen = (seed, error)
            }
        }
        let noticed = try #require(seen)
        #expect("\(noticed.error)".hasPrefix(plant.promise), "\(noticed)")
    }
}
