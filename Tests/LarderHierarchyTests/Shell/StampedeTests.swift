import LarderCore
import Testing

@testable import LarderHierarchy

/// Real tasks, one source: how often the origin is asked.
@Suite(.timeLimit(.minutes(1))) struct StampedeTests {
    private let key = Key(Array("product:42".utf8))
    private let value = LoadOutcome.loaded(Loaded(Array("tea".utf8)))

    private func crowd(_ bench: SourceBench) async {
        await withTaskGroup { group in
            for block in 0..<20 {
                group.addTask {
                    for number in 0..<100 { bench.need(self.key, for: block * 100 + number) }
                }
            }
        }
    }

    @Test func `two thousand waiters cost one load`() async throws {
        let bench = try SourceBench()
        bench.origin.answer(key, with: value)
        await crowd(bench)
        bench.origin.open()
        await bench.inbox.tally.reach(2000)
        #expect(bench.origin.asked.count == 1)
        let got = bench.inbox.outcomes.filter { outcome in
            if case .value(let entry, isStored: true) = outcome {
                entry.value == Array("tea".utf8)
            } else {
                false
            }
        }
        #expect(got.count == 2000)
        #expect(bench.need(key, for: 1).0 == .held)
    }

    @Test func `a load that fails is one load, and no second wave`() async throws {
        let bench = try SourceBench()
        bench.origin.answer(
            key, with: .failed(SourceFailure(source: "catalog", cause: .refused)))
        await crowd(bench)
        bench.origin.open()
        await bench.inbox.tally.reach(2000)
        for waiter in 0..<2000 {
            guard case .failed = bench.need(key, for: waiter).0 else {
                Issue.record("waiter \(waiter) has another load started")
                return
            }
        }
        #expect(bench.origin.asked.count == 1)
    }

    @Test func `clients that go away do not end the load`() async throws {
        let bench = try SourceBench()
        bench.origin.answer(key, with: value)
        let waits = (0..<100).compactMap { bench.need(key, for: $0).1 }
        bench.source.cancel(Array(waits.dropLast()))
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox.tally.count == 1)
        #expect(bench.inbox[99] != nil)
        #expect(bench.memory.entry(key)?.value == Array("tea".utf8))
        #expect(bench.origin.asked.count == 1)
    }

    @Test func `a delete during the load makes a second load`() async throws {
        let bench = try SourceBench()
        bench.origin.answer(key, with: value)
        bench.need(key, for: 1)
        await bench.origin.asked.reach(1)
        bench.origin.answer(key, with: .loaded(Loaded(Array("coffee".utf8))))
        bench.delete(key)
        bench.need(key, for: 2)
        bench.need(key, for: 3)
        await bench.origin.asked.reach(2)
        bench.origin.open()
        await bench.inbox.tally.reach(3)
        #expect(bench.origin.asked.count == 2)
        #expect(bench.inbox[1]?.text == "tea")
        #expect(bench.inbox[2]?.text == "coffee")
        #expect(bench.inbox[3]?.text == "coffee")
        #expect(bench.memory.entry(key)?.value == Array("coffee".utf8))
    }

    @Test func `who has waited too long is told, and the load goes on`() async throws {
        let bench = try SourceBench()
        bench.origin.answer(key, with: value)
        bench.need(key, for: 1)
        await bench.origin.asked.reach(1)
        bench.time.advance(by: .seconds(6))
        await bench.inbox.tally.reach(1)
        guard case .failed(let failure) = bench.inbox[1] else {
            Issue.record("it was given a value")
            return
        }
        #expect(failure.cause == .timeout)
        bench.need(key, for: 2)
        bench.origin.open()
        await bench.inbox.tally.reach(2)
        #expect(bench.inbox[2]?.text == "tea")
        #expect(bench.origin.asked.count == 1)
    }

    @Test func `a level that hangs costs its time once`() async throws {
        let level = HungLevel()
        let bench = try SourceBench(levels: [level])
        bench.origin.open()
        bench.need(key, for: 1)
        await level.asked.reach(1)
        bench.time.advance(by: .milliseconds(60))
        await bench.inbox.tally.reach(1)
        for waiter in 2..<50 {
            bench.need(Key(Array("product:\(waiter)".utf8)), for: waiter)
        }
        await bench.inbox.tally.reach(49)
        #expect(level.asked.count == 1)
        #expect(bench.origin.asked.count == 49)
    }
}

extension Landing.Outcome {
    var text: String? {
        if case .value(let entry, _) = self {
            String(decoding: entry.value, as: UTF8.self)
        } else {
            nil
        }
    }
}

@Suite struct WaiterCostTests {
    /// As large as the server's.
    private struct Waiter: Sendable {
        let number: UInt64
        let loop: UInt64
        let name: UInt64
    }

    @Test(arguments: [1025, 2000, 4097, 10_000])
    func `a waiter of 24 bytes costs 200 at most`(count: Int) throws {
        let now = Tick(nanoseconds: 0)
        var core = try SourceCore<UInt64, Waiter>(
            SourceConfiguration(name: "catalog", rules: [SourceRules()]), seed: 1, at: now)
        for number in 0..<count {
            let waiter = Waiter(number: UInt64(number), loop: 1, name: 2)
            _ = core.need(Need(Key([1]), at: 0, binding: 0), for: waiter, at: now) { false }
        }
        #expect(core.waiterBytes / core.waiterCount <= 200)
    }
}
