@testable import LarderPolicy
import Testing

@Suite struct WindowClimberTests {
    /// The step after a sample with these hits, of which so many are in the window.
    private func step(
        _ climber: inout WindowClimber, hits: Int, inWindow: Int = 0, of length: Int,
        share: Double = 0.5
    ) throws -> Double {
        for number in 0..<length {
            #expect(!climber.isDue)
            if number < hits {
                climber.countHit(inWindow: number < inWindow)
            } else {
                climber.countMiss()
            }
        }
        try #require(climber.isDue)
        return climber.nextStep(windowShare: share)
    }

    @Test func `goes on while hits grow and turns when they fall, by less each time`() throws {
        var climber = WindowClimber()
        climber.setEntryCount(1000)
        #expect(try step(&climber, hits: 100, of: 10_000) == -0.0625)
        #expect(try step(&climber, hits: 200, of: 10_000) == -0.0625 * 0.98)
        let back = try step(&climber, hits: 100, of: 10_000)
        #expect(abs(back - 0.0625 * 0.98 * 0.98) < 1e-12)
    }

    @Test func `starts over when the workload changes`() throws {
        var climber = WindowClimber()
        climber.setEntryCount(1000)
        for _ in 0..<20 { _ = try step(&climber, hits: 0, of: 10_000) }
        #expect(abs(try step(&climber, hits: 5000, of: 10_000)) < 0.05)
        #expect(try step(&climber, hits: 5000, of: 10_000) == -0.0625)
    }

    @Test func `a tiny cache starts upwards, by two entries at least`() throws {
        var climber = WindowClimber()
        climber.setEntryCount(10)
        #expect(try step(&climber, hits: 1, of: 100) == 0.2)
    }

    @Test func `a large cache moves to where a place earns more, at most 30 %`() throws {
        var climber = WindowClimber()
        climber.setEntryCount(5000)
        let none = try step(&climber, hits: 10_000, inWindow: 5000, of: 20_000)
        #expect(none == 0)
        #expect(try step(&climber, hits: 10_000, inWindow: 9000, of: 20_000) > 0.06)
        #expect(try step(&climber, hits: 10_000, inWindow: 0, of: 20_000, share: 0.1) == -0.08)
        #expect(try step(&climber, hits: 10_000, inWindow: 0, of: 20_000, share: 0.01) == 0.01)
    }
}
