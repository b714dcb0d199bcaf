import LarderCore

@testable import LarderHierarchy

/// A number that any thread changes.
final class Count: Sendable {
    private let number = Guarded(0)

    var value: Int { number.withLock { $0 } }

    func add(_ change: Int) { number.withLock { $0 += change } }
}

/// Memory in a dictionary, with generations.
final class TestMemory: SourceMemory, LeaseMemory {
    private struct State {
        var entries: [Key: Entry] = [:]
        var generations: [Key: Int] = [:]
        var epoch = 0
    }

    private let state = Guarded(State())
    private let time: ManualTime
    /// Marks that are not ended.
    let marks = Count()

    init(_ time: ManualTime) {
        self.time = time
    }

    func entry(_ key: Key) -> Entry? { state.withLock { $0.entries[key] } }

    func token(of key: Key) -> Int {
        state.withLock { $0.generations[key, default: 0] + 1_000 * $0.epoch }
    }

    struct Mark {
        let key: Key
        let token: Int
    }

    func mark(_ key: Key) -> Mark {
        marks.add(1)
        return Mark(key: key, token: token(of: key))
    }

    func end(_ mark: Mark) { marks.add(-1) }

    func isCurrent(_ mark: Mark) -> Bool { token(of: mark.key) == mark.token }

    func holds(_ key: Key) -> Bool {
        let now = time.now
        return state.withLock { $0.entries[key]?.isFresh(at: now) ?? false }
    }

    func holds(_ need: Need<Int>) -> Bool { need.refreshed == nil && holds(need.key) }

    /// A client sets or deletes a key.
    func write(_ key: Key, _ entry: Entry?) {
        state.withLock { state in
            state.generations[key, default: 0] += 1
            state.entries[key] = entry
        }
    }

    func evict(_ key: Key) { state.withLock { $0.entries[key] = nil } }

    func ban() {
        state.withLock { state in
            state.epoch += 1
            state.entries = [:]
        }
    }

    func announceWrite(of key: Key) -> Int {
        state.withLock { $0.generations[key, default: 0] += 1 }
        return token(of: key)
    }

    func settle(_ settlement: Settlement<Int>) {
        let key = settlement.change.key
        let standing = token(of: key)
        let isCurrent =
            if case .store(let token) = settlement.step { token == standing } else { false }
        write(key, isCurrent ? settlement.change.entry : nil)
    }

    func store(_ fill: Fill<Int>) -> Fill<Int>.Outcome {
        let key = fill.need.key
        return state.withLock { state in
            guard fill.need.token == state.generations[key, default: 0] + 1_000 * state.epoch
            else { return .moved }
            switch fill.content {
            case .value(let entry):
                state.entries[key] = entry
                state.entries[key]?.version = 77
            case .absent: state.entries[key] = nil
            case .renewed(let created, let expires, let staleUntil):
                guard state.entries[key]?.validator == fill.need.validator,
                    state.entries[key] != nil
                else { return .gone }
                state.entries[key]?.created = created
                state.entries[key]?.expires = expires
                state.entries[key]?.staleUntil = staleUntil
            }
            return .stored(version: 77)
        }
    }
}
