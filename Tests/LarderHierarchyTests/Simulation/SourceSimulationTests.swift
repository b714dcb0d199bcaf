import LarderTesting
import Testing

@testable import LarderHierarchy

@Suite struct SourceSimulationTests {
    @Test(arguments: 0..<16)
    func `keeps its promises whatever fails`(block: UInt64) throws {
        var (served, leases) = (0, 0)
        var counts: [SourceCounts] = []
        for seed in block * 64..<(block + 1) * 64 {
            var simulation = try SourceSimulation(seed: seed)
            do {
                try simulation.run()
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            served += simulation.servedCount
            leases += simulation.leaseCount
            counts.append(simulation.core.counts)
        }
        #expect(served > 6_000 && leases > 50)
        // All that may happen does.
        let paths: [KeyPath<SourceCounts, Int>] = [
            \.joined, \.cancelled, \.timedOut, \.failed, \.filled, \.moved, \.renewed, \.retried,
            \.postponed, \.failedWrites, \.lateWrites, \.bans,
            \.bypassed, \.writes.asked, \.writes.applied, \.writes.refused, \.writes.unknown,
            \.writes.timedOut, \.writes.retried,
        ]
        for path in paths {
            #expect(counts.reduce(0) { $0 + $1[keyPath: path] } > 0, "\(path)")
        }
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
