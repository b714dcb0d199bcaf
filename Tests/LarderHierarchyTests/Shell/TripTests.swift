import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// Entries on their way between levels, memory and origin.
@Suite(.timeLimit(.minutes(1))) struct TripTests {
    private let key = Key(Array("product:42".utf8))

    private func whole(_ time: ManualTime) -> Entry {
        var entry = Entry(key: key, value: [0, 13, 255], created: time.now)
        entry.expires = time.now.advanced(by: .seconds(10))
        entry.staleUntil = time.now.advanced(by: .seconds(20))
        (entry.cost, entry.priority, entry.tags) = (1234, .high, [Array("red".utf8), []])
        (entry.flags, entry.version) = (0xDEAD_BEEF, 77)
        entry.validator = Validator(tag: Array("\"v1\"".utf8), modified: Array("Thu".utf8))
        return entry
    }

    /// Waits for what is written to a level by tasks of its own; not for ever, if it never comes.
    private func settled(_ level: InMemoryLevel, _ isSettled: (InMemoryLevel) -> Bool) async {
        for _ in 0..<1_000_000 where !isSettled(level) { await Task.yield() }
        #expect(isSettled(level))
    }

    @Test func `all of an entry comes up from a level, and goes into the one above`()
        async throws
    {
        let (near, far) = (InMemoryLevel(name: "near"), InMemoryLevel(name: "far"))
        let bench = try SourceBench(levels: [near, far])
        let entry = whole(bench.time)
        try await far.putMany([entry])
        bench.need(key, for: 1)
        await bench.inbox.tally.reach(1)
        #expect(bench.memory.entry(key) == entry)
        #expect(bench.inbox[1] == .value(entry, isStored: true))
        await settled(near) { $0.entries[key] != nil }
        #expect(near.entries[key] == entry)
        #expect(bench.origin.asked.count == 0)
    }

    @Test func `all that an origin gives goes into memory and each level`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level]) { $0.priority = .low }
        var loaded = Loaded([0, 1])
        loaded.tags = [Array("red".utf8)]
        loaded.flags = 9
        loaded.validator = Validator(tag: Array("v".utf8), modified: [])
        bench.origin.answer(key, with: .loaded(loaded))
        bench.need(key, for: 1)
        await bench.origin.asked.reach(1)
        bench.time.advance(by: .milliseconds(3))
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        let stored = try #require(bench.memory.entry(key))
        #expect(stored.tags == loaded.tags && stored.flags == 9 && stored.version == 77)
        #expect(stored.validator == loaded.validator && stored.priority == .low)
        #expect(stored.cost == 3000)
        #expect(stored.expires == bench.time.now.advanced(by: .seconds(60)))
        await settled(level) { $0.entries[key] != nil }
        #expect(level.entries[key] == stored)
        bench.memory.evict(key)
        bench.need(key, for: 2)
        await bench.inbox.tally.reach(2)
        #expect(bench.memory.entry(key) == stored)
        #expect(bench.origin.asked.count == 1)
    }

    @Test func `a delete reaches the level before it can answer again`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        try await level.putMany([whole(bench.time)])
        level.arrange(.fails(.refused))
        bench.origin.open()
        bench.delete(key)
        bench.need(key, for: 1)
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox[1] == .absent)
        bench.time.advance(by: .seconds(3))
        await settled(level) { $0.entries[key] == nil }
    }

    @Test func `a ban reaches level and origin, and a load under way fills nothing`()
        async throws
    {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        var loaded = Loaded([1])
        loaded.tags = [Array("red".utf8)]
        bench.origin.answer(key, with: .loaded(loaded))
        bench.need(key, for: 1)
        await bench.origin.asked.reach(1)
        bench.time.advance(by: .milliseconds(1))
        let ban = Ban(.tag(Array("red".utf8)), .hard, before: bench.time.now)
        bench.source.ban(ban)
        bench.memory.ban()
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.memory.entry(key) == nil)
        #expect(bench.origin.scopes == [.tag(Array("red".utf8))])
        await settled(level) { $0.calls.contains(.ban(ban)) }
        #expect(level.entries.isEmpty)
        bench.need(key, for: 2)
        await bench.inbox.tally.reach(2)
        #expect(bench.origin.asked.count == 2)
    }

    @Test func `what the origin has no more leaves the levels`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        let entry = whole(bench.time)
        try await level.putMany([entry])
        bench.memory.write(key, entry)
        bench.origin.open()
        let refresh = Need(
            key, at: bench.memory.token(of: key), binding: 0, refreshing: entry.created)
        #expect(bench.source.need([(refresh, nil)])[0].0 == .waits)
        await settled(level) { $0.entries[key] == nil }
        bench.need(key, for: 1)
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox[1] == .absent)
    }

    @Test func `a value that has not changed is renewed in memory`() async throws {
        let bench = try SourceBench()
        let entry = whole(bench.time)
        bench.memory.write(key, entry)
        bench.time.advance(by: .seconds(11))
        bench.origin.answer(key, with: .notModified(LoadedLifetime(ttl: .seconds(5))))
        bench.origin.open()
        bench.need(key, for: 1, validator: entry.validator)
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox[1] == .renewed)
        #expect(bench.origin.requests == [LoadRequest(key, validator: entry.validator)])
        #expect(bench.memory.entry(key)?.value == entry.value)
        #expect(bench.memory.entry(key)?.expires == bench.time.now.advanced(by: .seconds(5)))
    }

    @Test func `what is not there any more to be renewed is loaded`() async throws {
        let bench = try SourceBench()
        let validator = whole(bench.time).validator
        bench.origin.answer(key, with: .notModified(LoadedLifetime()))
        bench.need(key, for: 1, validator: validator)
        await bench.origin.asked.reach(1)
        bench.origin.answer(key, with: .loaded(Loaded([7])))
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.memory.entry(key)?.value == [7])
        #expect(bench.origin.requests.last == LoadRequest(key))
    }

    /// Fails when those who wait are sent to look for a value that a client has deleted.
    @Test func `a value that moved while it was renewed is loaded for those who wait`() async throws
    {
        let bench = try SourceBench()
        let entry = whole(bench.time)
        bench.memory.write(key, entry)
        bench.time.advance(by: .seconds(11))
        bench.origin.answer(key, with: .notModified(LoadedLifetime()))
        bench.need(key, for: 1, validator: entry.validator)
        await bench.origin.asked.reach(1)
        bench.delete(key)
        bench.origin.answer(key, with: .loaded(Loaded([7])))
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox[1]?.value == [7])
        #expect(bench.memory.entry(key) == nil)
    }

    @Test func `what is not to be kept any longer is not renewed`() async throws {
        let bench = try SourceBench()
        let entry = whole(bench.time)
        bench.memory.write(key, entry)
        bench.time.advance(by: .seconds(11))
        var lifetime = LoadedLifetime()
        lifetime.isCacheable = false
        bench.origin.answer(key, with: .notModified(lifetime))
        bench.need(key, for: 1, validator: entry.validator)
        await bench.origin.asked.reach(1)
        var loaded = Loaded([7])
        loaded.lifetime = lifetime
        bench.origin.answer(key, with: .loaded(loaded))
        bench.origin.open()
        await bench.inbox.tally.reach(1)
        #expect(bench.inbox[1]?.value == [7])
        #expect(bench.memory.entry(key)?.value == entry.value)
    }

    @Test func `a level's value that has not changed is good again`() async throws {
        let level = InMemoryLevel(name: "near")
        let bench = try SourceBench(levels: [level])
        let entry = whole(bench.time)
        try await level.putMany([entry])
        bench.time.advance(by: .seconds(11))
        bench.origin.answer(key, with: .notModified(LoadedLifetime(ttl: .seconds(5))))
        bench.origin.open()
        bench.need(key, for: 1)
        await bench.inbox.tally.reach(1)
        var renewed = entry
        renewed.created = bench.time.now
        renewed.expires = bench.time.now.advanced(by: .seconds(5))
        renewed.staleUntil = bench.time.now.advanced(by: .seconds(65))
        #expect(bench.memory.entry(key) == renewed)
        await settled(level) { $0.entries[key] == renewed }
    }
}

extension Landing.Outcome {
    fileprivate var value: [UInt8]? {
        if case .value(let entry, _) = self { entry.value } else { nil }
    }
}
