import LarderCore
import Testing

@testable import LarderResilience

@Suite struct FlightStorageTests {
    /// Who waits (loop, connection) and for which command: what a shell may need.
    private struct Waiter: Sendable {
        var connection: UInt64 = 0
        var command: UInt64 = 0
    }

    @Test func `a waiter takes at most 200 bytes, also while the arrays grow`() throws {
        var table = try FlightTable<[UInt8], UInt64, Waiter>()
        var (before, worst) = (0, 0)
        for count in 1...10_000 {
            let end = Tick(nanoseconds: UInt64(count))
            _ = table.enter([1], 1, Waiter(), until: end)
            let after = table.waiterBytes
            if count > 1000 {
                // The largest array, 48 bytes a place, is there twice while it is copied.
                let copied = after > before ? 48 * (count - 1) : 0
                worst = max(worst, (after + copied) / count)
            }
            before = after
        }
        #expect(worst <= 200)
        #expect(worst > 40, "nothing was measured")
    }

    @Test func `the storage is given back when all have gone`() throws {
        var table = try FlightTable<Int, Int, Waiter>()
        for key in 0..<5000 { _ = table.enter(key, 0, Waiter(), until: Tick(nanoseconds: 9)) }
        var waiters: [Waiter] = []
        table.expire(at: Tick(nanoseconds: 9), waiters: &waiters)
        #expect(waiters.count == 5000 && table.timeoutCount == 5000)
        #expect(table.waiterBytes == 0)
        #expect(table.flightCount == 5000)
    }
}
