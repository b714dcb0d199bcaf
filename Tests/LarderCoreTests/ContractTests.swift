import LarderCore
import LarderTesting
import Testing

@Suite struct EntryTests {
    private let start = Tick(nanoseconds: 0)

    @Test func `is fresh, then stale, then of no use`() {
        var entry = Entry(key: Key([1]), value: [], created: start)
        #expect(entry.isFresh(at: Tick(nanoseconds: .max)))
        entry.expires = start.advanced(by: .seconds(10))
        entry.staleUntil = start.advanced(by: .seconds(15))
        let times = [9, 10, 14, 15].map { start.advanced(by: .seconds($0)) }
        #expect(times.map { entry.isFresh(at: $0) } == [true, false, false, false])
        #expect(times.map { entry.isServable(at: $0) } == [true, true, true, false])
    }

    @Test func `is banned by what it matches and only if it is older`() {
        var entry = Entry(key: Key(Array("product:42".utf8)), value: [], created: start)
        entry.tags = [Array("shoes".utf8)]
        let later = start.advanced(by: .seconds(1))
        let scopes: [Ban.Scope] = [
            .key(entry.key), .tag(Array("shoes".utf8)), .prefix(Array("product:".utf8)),
            .namespace("product"), .everything,
        ]
        for scope in scopes {
            #expect(Ban(scope, .hard, before: later).matches(entry, namespace: "product"))
            #expect(!Ban(scope, .hard, before: start).matches(entry, namespace: "product"))
        }
        let others: [Ban.Scope] = [
            .key(Key(entry.key.bytes, database: 1)), .tag(Array("shoe".utf8)),
            .prefix(Array("price:".utf8)), .namespace("price"),
        ]
        for scope in others {
            #expect(!Ban(scope, .hard, before: later).matches(entry, namespace: "product"))
        }
    }

    @Test func `a prefix means database 0 only`() {
        let entry = Entry(key: Key([1, 2], database: 1), value: [], created: start)
        let ban = Ban(.prefix([1]), .hard, before: start.advanced(by: .seconds(1)))
        #expect(!ban.matches(entry, namespace: nil))
    }
}

@Suite struct InMemoryLevelTests {
    private let level = InMemoryLevel(name: "ssd") { $0.bytes.first == 9 ? "nines" : nil }
    private let failure = SourceFailure(source: "ssd", cause: .timeout, detail: "arranged")

    private func entry(_ byte: UInt8) -> Entry {
        Entry(key: Key([byte]), value: [byte, byte], created: Tick(nanoseconds: 100))
    }

    @Test func `answers in the order of the question`() async throws {
        try await level.putMany([entry(1), entry(2)])
        let answers = await level.getMany([Key([2]), Key([3]), Key([1])])
        #expect(answers == [.found(entry(2)), .absent, .found(entry(1))])
        try await level.removeMany([Key([2]), Key([7])])
        #expect(await level.getMany([Key([2])]) == [.absent])
    }

    @Test func `a fault is a failure, never an absence, and happens once`() async throws {
        try await level.putMany([entry(1)])
        level.arrange(.fails(.timeout), .failsAfter(count: 1, .timeout))
        #expect(await level.getMany([Key([1])]) == [.failed(failure)])
        let answers = await level.getMany([Key([5]), Key([1])])
        #expect(answers == [.absent, .failed(failure)])
        #expect(await level.getMany([Key([1])]) == [.found(entry(1))])
    }

    @Test func `a write may fail half way`() async throws {
        level.arrange(.failsAfter(count: 1, .timeout), .fails(.timeout))
        await #expect(throws: failure) { try await level.putMany([entry(1), entry(2)]) }
        #expect(Set(level.entries.keys) == [Key([1])])
        await #expect(throws: failure) { try await level.removeMany([Key([1])]) }
        #expect(level.entries.count == 1)
        #expect(level.calls == [.put([Key([1]), Key([2])]), .remove([Key([1])])])
    }

    @Test func `a hard ban kills and a soft one makes stale`() async throws {
        try await level.putMany([entry(1), entry(9)])
        let time = Tick(nanoseconds: 200)
        try await level.ban(Ban(.namespace("nines"), .hard, before: time))
        #expect(Set(level.entries.keys) == [Key([1])])
        try await level.ban(Ban(.everything, .soft, before: time))
        #expect(level.entries[Key([1])]?.expires == time)
        level.arrange(.fails(.timeout))
        await #expect(throws: failure) {
            try await level.ban(Ban(.everything, .hard, before: time))
        }
        #expect(level.entries.count == 1)
    }
}

@Suite struct ScriptedOriginTests {
    private let origin = ScriptedOrigin(name: "catalog")
    private let failure = SourceFailure(source: "catalog", cause: .refused)

    @Test func `answers each key as written down and counts`() async {
        origin.answer(Key([1]), with: .loaded(Loaded([10], ttl: .seconds(5))))
        origin.answer(Key([2]), with: .failed(failure))
        let answers = await origin.load([Key([1]), Key([2]), Key([3])])
        #expect(answers == [.loaded(Loaded([10], ttl: .seconds(5))), .failed(failure), .absent])
        _ = await origin.load([Key([1])])
        #expect(origin.loadCount(of: Key([1])) == 2)
        #expect(origin.loadCount(of: Key([4])) == 0)
    }

    @Test func `a write that is applied is loaded, one that is refused is not`() async {
        let entries = [1, 2].map {
            Entry(key: Key([$0]), value: [7], created: Tick(nanoseconds: 0))
        }
        origin.answerWrites(of: Key([2]), with: .refused(failure))
        #expect(await origin.write(entries) == [.applied, .refused(failure)])
        #expect(await origin.load([Key([1]), Key([2])]) == [.loaded(Loaded([7])), .absent])
        #expect(await origin.remove([Key([1])]) == [.applied])
        #expect(await origin.load([Key([1])]) == [.absent])
    }

    @Test func `what did not change is not loaded again`() async throws {
        var loaded = Loaded([7], ttl: .seconds(5))
        loaded.validator = Validator(tag: Array("\"a\"".utf8), modified: [])
        origin.answer(Key([1]), with: .loaded(loaded))
        let same = LoadRequest(Key([1]), validator: loaded.validator)
        let other = LoadRequest(
            Key([1]), validator: Validator(tag: Array("\"b\"".utf8), modified: []))
        let answers = await origin.load([same, other])
        #expect(answers == [.notModified(LoadedLifetime(ttl: .seconds(5))), .loaded(loaded)])
    }

    @Test func `a validator is short, or there is none`() {
        #expect(Validator(tag: [], modified: []) == nil)
        let long = [UInt8](repeating: 1, count: Validator.byteCountMax)
        #expect(Validator(tag: long, modified: []) != nil)
        #expect(Validator(tag: long, modified: [1]) == nil)
    }

    @Test func `a failure is one line for the log`() {
        #expect(failure.description == "catalog refused")
        let detailed = SourceFailure(source: "ssd", cause: .corrupt, detail: "bad checksum")
        #expect(detailed.description == "ssd corrupt: bad checksum")
    }
}
