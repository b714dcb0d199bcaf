import LarderCore
import Testing

@Suite struct ShardedCounterTests {
    @Test func `adds up what all threads added`() async {
        final class Shared: Sendable { let counter = ShardedCounter() }
        let shared = Shared()
        await withTaskGroup(of: Void.self) { group in
            for stripe in 0..<20 {
                group.addTask {
                    for _ in 0..<1000 { shared.counter.add(1, stripe: stripe) }
                }
            }
        }
        #expect(shared.counter.sum == 20_000)
    }

    @Test func `takes any stripe number and negative amounts`() {
        let counter = ShardedCounter()
        counter.add(5, stripe: .max)
        counter.add(-2, stripe: -1)
        #expect(counter.sum == 3)
    }

    @Test func `gives each stripe a cache line`() {
        #expect(MemoryLayout<ShardedCounter>.size == ShardedCounter.stripeCount * 64)
    }
}
