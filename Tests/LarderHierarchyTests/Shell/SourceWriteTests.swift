import LarderCore
import LarderResilience
import LarderTesting
import Testing

@testable import LarderHierarchy

/// Writes to an origin: through breaker, limit and timeout, and with the levels.
@Suite(.timeLimit(.minutes(1))) struct SourceWriteTests {
    private let key = Key(Array("product:42".utf8))

    /// What memory and levels have before.
    private var old: Entry {
        Entry(key: key, value: [1], created: Tick(nanoseconds: 1_000_000_000))
    }

    private func failure(_ cause: SourceFailure.Cause) -> SourceFailure {
        SourceFailure(source: "catalog", cause: cause)
    }

    /// One question at a time; the first failure opens the breaker.
    private static var narrow: SourceLimits {
        var limits = SourceLimits()
        (limits.concurrency.least, limits.concurrency.first, limits.concurrency.most) = (1, 1, 1)
        limits.breaker.failuresInARow = 1
        return limits
    }

    /// Waits for what other tasks do; not for ever, if it never comes. No time passes.
    private func settled(_ isSettled: () -> Bool) async {
        for _ in 0..<2_000_000 {
            if isSettled() { return }
            await Task.yield()
        }
        Issue.record("what should come to be did not")
    }

    @Test func `memory has a write when the origin has, and the levels drop it`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        try await level.putMany([old])
        bench.memory.write(key, old)
        let write = bench.write(key, 2)
        await bench.origin.written.reach(1)
        #expect(bench.memory.entry(key)?.value == [1])
        bench.origin.open()
        #expect(await write.value == .applied)
        #expect(bench.memory.entry(key)?.value == [2])
        #expect(bench.origin.scopes == [.key(key)])
        await settled { level.entries[key] == nil }
        #expect(await bench.write(key, 3, isKept: false).value == .applied)
        #expect(bench.memory.entry(key) == nil)
        #expect(await bench.write(key, nil).value == .applied)
        #expect(bench.origin.writes == [2, 3, nil])
        #expect(bench.source.counts.writes.applied == 3)
    }

    /// Fails when a write waits for its origin for ever, keeps what nobody knows, or counts what
    /// comes late.
    @Test func `a write that is never answered ends, and its key is dropped everywhere`()
        async throws
    {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        try await level.putMany([old])
        bench.memory.write(key, old)
        let write = bench.write(key, 2)
        await bench.origin.written.reach(1)
        let token = bench.memory.token(of: key)
        bench.time.advance(by: .seconds(20))
        #expect(await write.value == .unknown(failure(.timeout)))
        #expect(bench.memory.entry(key) == nil)
        #expect(bench.memory.token(of: key) != token)
        #expect(bench.origin.scopes == [.key(key)])
        await settled { level.entries[key] == nil }
        let next = bench.write(key, 3)
        await bench.origin.written.reach(2)
        bench.origin.open()
        #expect(await next.value == .applied)
        #expect(bench.memory.entry(key)?.value == [3])
        let counts = bench.source.counts.writes
        #expect((counts.timedOut, counts.unknown, counts.applied) == (1, 1, 1))
    }

    /// Fails when the origin is asked all the same, or something is changed for a write that does
    /// not come about.
    @Test func `an open breaker refuses writes at once, and nothing has changed`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level], limits: Self.narrow)
        try await level.putMany([old])
        let other = Key([7])
        bench.origin.answerWrites(of: other, with: .unknown(failure(.unreachable)))
        bench.origin.open()
        #expect(await bench.write(other, 2).value == .unknown(failure(.unreachable)))
        bench.memory.write(key, old)
        let token = bench.memory.token(of: key)
        #expect(await bench.write(key, 2).value == .refused(failure(.open)))
        #expect(bench.memory.entry(key) == old)
        #expect(bench.memory.token(of: key) == token)
        #expect(level.entries[key] == old)
        #expect(bench.origin.writes == [2])
        bench.source.bypass(key, binding: 0, for: 1)
        #expect(bench.inbox.passed(1) == .failed(failure(.open)))
        #expect(bench.origin.asked.count == 0)
        let counts = bench.source.counts.writes
        #expect((counts.asked, counts.refused, counts.waiting) == (1, 1, 0))
    }

    /// Fails when writes that are turned away for their keys, of which the origin never hears, are
    /// taken for signs of its life.
    @Test func `refusals of keys do not close the breaker`() async throws {
        let bench = try SourceBench(limits: Self.narrow)
        bench.origin.answerWrites(of: Key([7]), with: .unknown(failure(.unreachable)))
        let odd = SourceFailure(source: "catalog", cause: .refused, isKeys: true)
        bench.origin.answerWrites(of: Key([8]), with: .refused(odd))
        bench.origin.open()
        _ = await bench.write(Key([7]), 2).value
        bench.time.advance(by: .seconds(1))
        for _ in 0..<10 { #expect(await bench.write(Key([8]), 2).value == .refused(odd)) }
        #expect(bench.source.status.breaker == .open)
        for _ in 0..<3 { #expect(await bench.write(key, 2).value == .applied) }
        #expect(bench.source.status.breaker == .closed)
    }

    /// Fails when who is refused by the breaker waits for a place first.
    @Test func `an open breaker answers at once while questions hang`() async throws {
        var limits = Self.narrow
        (limits.concurrency.first, limits.concurrency.most) = (2, 2)
        let bench = try SourceBench(limits: limits)
        let hanging = bench.write(Key([7]), 1)
        await bench.origin.written.reach(1)
        bench.time.advance(by: .seconds(19))
        let last = bench.write(Key([8]), 1)
        await bench.origin.written.reach(2)
        bench.time.advance(by: .seconds(1))
        #expect(await hanging.value == .unknown(failure(.timeout)))
        let write = bench.write(key, 2)
        await settled { bench.source.counts.writes.refused == 1 }
        bench.origin.open()
        #expect(await write.value == .refused(failure(.open)))
        _ = await last.value
    }

    @Test func `a refusal is an answer, and opens nothing`() async throws {
        let bench = try SourceBench(limits: Self.narrow)
        bench.origin.answerWrites(of: key, with: .refused(failure(.refused)))
        bench.origin.open()
        bench.memory.write(key, old)
        for _ in 0..<20 {
            #expect(await bench.write(key, 2).value == .refused(failure(.refused)))
        }
        #expect(bench.memory.entry(key) == old)
        #expect(bench.source.counts.writes.refused == 20)
        #expect(bench.origin.writes.count == 20)
    }

    @Test func `what the origin has not seen is sent again, what it may have seen is not`()
        async throws
    {
        let bench = try SourceBench()
        bench.origin.answerWrites(of: key, with: .refused(failure(.unreachable)))
        bench.origin.open()
        let write = bench.write(key, 2)
        await bench.origin.written.reach(1)
        await settled { bench.source.counts.writes.waiting == 1 }
        bench.origin.answerWrites(of: key, with: .applied)
        bench.time.advance(by: .seconds(3))
        #expect(await write.value == .applied)
        #expect(bench.origin.writes == [2, 2])
        #expect(bench.source.counts.writes.retried == 1)
        bench.origin.answerWrites(of: key, with: .unknown(failure(.unreachable)))
        #expect(await bench.write(key, 3).value == .unknown(failure(.unreachable)))
        #expect(bench.origin.writes == [2, 2, 3])
    }

    /// As its namespace says, and as the queue does: who stands there for a second is too many.
    @Test(arguments: [(1500, 1000, SourceFailure.Cause.overloaded), (300, 300, .timeout)])
    func `a write waits for a place as long as it may`(
        wait: Int, passed: Int, cause: SourceFailure.Cause
    ) async throws {
        let bench = try SourceBench(limits: Self.narrow) { $0.waitLimit = .milliseconds(wait) }
        let first = bench.write(Key([7]), 1)
        await bench.origin.written.reach(1)
        bench.memory.write(key, old)
        let write = bench.write(key, 2)
        await settled { bench.source.counts.writes.waiting == 1 }
        bench.time.advance(by: .milliseconds(passed))
        guard case .refused(let failure) = await write.value else {
            Issue.record("it was written")
            return
        }
        #expect(failure.cause == cause)
        #expect(bench.memory.entry(key) == old)
        bench.origin.open()
        #expect(await first.value == .applied)
        #expect(await bench.write(key, 3).value == .applied)
        #expect(bench.origin.writes == [1, 3])
    }

    /// Fails when memory takes a value that somebody has banned since the origin took it.
    @Test func `a key that is banned during its write is not kept`() async throws {
        let bench = try SourceBench()
        let write = bench.write(key, 2)
        await bench.origin.written.reach(1)
        bench.source.ban(Ban(.key(key), .hard, before: bench.time.now), binding: 0)
        bench.memory.ban()
        bench.origin.open()
        #expect(await write.value == .applied)
        #expect(bench.memory.entry(key) == nil)
    }

    /// Fails when a level's old copy, or a load that began before, shows up after a write.
    @Test func `nothing older comes up from levels and loads during a write`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        bench.origin.answer(key, with: .loaded(Loaded([1])))
        bench.need(key, for: 1)
        await bench.origin.asked.reach(1)
        try await level.putMany([old])
        let write = bench.write(key, 2, isKept: false)
        await bench.origin.written.reach(1)
        bench.origin.answer(key, with: .loaded(Loaded([2])))
        bench.need(key, for: 2)
        await bench.origin.asked.reach(2)
        bench.origin.open()
        #expect(await write.value == .applied)
        await bench.inbox.tally.reach(2)
        for waiter in 1...2 {
            guard case .value(let entry, _) = bench.inbox[waiter] else { continue }
            #expect(entry.value == [UInt8(waiter)])
        }
        #expect(bench.memory.entry(key)?.value != [1])
        await settled { level.entries[key]?.value != [1] }
        bench.memory.evict(key)
        bench.need(key, for: 3)
        await bench.inbox.tally.reach(3)
        guard case .value(let entry, _) = bench.inbox[3] else {
            Issue.record("nothing was loaded")
            return
        }
        #expect(entry.value == [2])
    }

    @Test func `a load past memory takes a place, ends in time and keeps nothing`() async throws {
        let bench = try SourceBench(limits: Self.narrow)
        bench.origin.answer(key, with: .loaded(Loaded([2])))
        bench.memory.write(key, old)
        bench.source.bypass(key, binding: 0, for: 1)
        await bench.origin.asked.reach(1)
        let write = bench.write(Key([7]), 1)
        await settled { bench.source.counts.writes.waiting == 1 }
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox.passed(1) == .loaded(Loaded([2])))
        #expect(bench.memory.entry(key) == old)
        #expect(await write.value == .applied)
        #expect(bench.source.counts.bypassed == 1)
    }

    @Test func `a load past memory that is never answered ends`() async throws {
        let bench = try SourceBench()
        bench.source.bypass(key, binding: 0, for: 1)
        await bench.origin.asked.reach(1)
        bench.time.advance(by: .seconds(20))
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox.passed(1) == .failed(failure(.timeout)))
        bench.origin.open()
    }
}
