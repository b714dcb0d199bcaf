import LarderCore
import LarderTesting
import Testing

@Suite struct StepCheckerTests {
    private static func step(
        _ client: Int, _ reads: [Int: Int64], _ from: UInt64, _ to: UInt64
    ) -> RecordedStep {
        step(client, reads, [:], from, to)
    }

    private static func step(
        _ client: Int, _ reads: [Int: Int64], _ writes: [Int: Int64], _ from: UInt64, _ to: UInt64
    ) -> RecordedStep {
        RecordedStep(
            client: client, reads: reads, writes: writes, invoked: Tick(nanoseconds: from),
            returned: Tick(nanoseconds: to))
    }

    private static func isLinearizable(_ history: [RecordedStep]) -> Bool {
        StepChecker().verdict(on: history, from: [5, 5]).isLinearizable
    }

    @Test func `transactions that stood one after the other`() {
        #expect(
            Self.isLinearizable([
                Self.step(0, [0: 5, 1: 5], [0: 4, 1: 6], 0, 10),
                Self.step(1, [0: 4, 1: 6], [0: 3, 1: 7], 20, 30),
                Self.step(2, [0: 3, 1: 7], 40, 50),
            ]))
    }

    @Test func `what was under way at once may stand in either order`() {
        #expect(
            Self.isLinearizable([
                Self.step(0, [0: 4], [0: 3], 0, 50), Self.step(1, [0: 5], [0: 4], 10, 40),
                Self.step(2, [0: 5, 1: 5], 5, 45), Self.step(3, [0: 3], 12, 60),
            ]))
    }

    @Test func `two that read the same and both wrote`() {
        #expect(
            !Self.isLinearizable([
                Self.step(0, [0: 5, 1: 5], [0: 4, 1: 6], 0, 50),
                Self.step(1, [0: 5, 1: 5], [0: 3, 1: 7], 0, 50),
            ]))
    }

    @Test func `half of a transaction`() {
        #expect(
            !Self.isLinearizable([
                Self.step(0, [0: 5, 1: 5], [0: 4, 1: 6], 0, 50),
                Self.step(1, [0: 4, 1: 5], 10, 20),
            ]))
    }

    @Test func `back in time`() {
        #expect(
            !Self.isLinearizable([
                Self.step(0, [0: 5], [0: 4], 0, 50), Self.step(1, [0: 4], 10, 20),
                Self.step(2, [0: 5], 21, 30),
            ]))
    }

    @Test func `what was never confirmed may have happened or not`() {
        var lost = Self.step(0, [0: 5], [0: 4], 0, 10)
        (lost.isConfirmed, lost.returned) = (false, .never)
        #expect(Self.isLinearizable([lost, Self.step(1, [0: 5], 20, 30)]))
        #expect(
            Self.isLinearizable([
                lost, Self.step(1, [0: 5], 20, 30), Self.step(1, [0: 4], 40, 50),
            ]))
        #expect(
            !Self.isLinearizable([
                lost, Self.step(1, [0: 4], 20, 30), Self.step(1, [0: 5], 40, 50),
            ]))
    }
}
