import LarderCore

@testable import LarderHierarchy

/// An origin that answers when it is told to, by what it was when it was asked.
final class HeldOrigin: Origin {
    private struct State {
        var answers: [Key: LoadOutcome] = [:]
        var requests: [LoadRequest] = []
        var scopes: [Ban.Scope] = []
        var writes: [UInt8?] = []
        var writeOutcomes: [Key: WriteOutcome] = [:]
        var isOpen = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let name = "catalog"
    private let state = Guarded(State())
    /// Keys that it was asked for.
    let asked = Tally()
    /// Keys that it was asked to write.
    let written = Tally()

    var requests: [LoadRequest] { state.withLock { $0.requests } }
    /// What it was asked to write: first bytes, or nothing.
    var writes: [UInt8?] { state.withLock { $0.writes } }
    /// What it heard of.
    var scopes: [Ban.Scope] { state.withLock { $0.scopes } }

    func answer(_ key: Key, with outcome: LoadOutcome) {
        state.withLock { $0.answers[key] = outcome }
    }

    /// From now on writes of `key` end so.
    func answerWrites(of key: Key, with outcome: WriteOutcome) {
        state.withLock { $0.writeOutcomes[key] = outcome }
    }

    /// Answers all questions so far, and all others at once.
    func open() {
        let held = state.withLock { state in
            state.isOpen = true
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        let outcomes = state.withLock { state in
            state.requests += requests
            return requests.map { state.answers[$0.key] ?? .absent }
        }
        asked.add(requests.count)
        await opened()
        return outcomes
    }

    private func opened() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.held.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func write(_ entries: [Entry]) async -> [WriteOutcome] {
        await take(entries.map { ($0.key, $0.value.first) })
    }

    func remove(_ keys: [Key]) async -> [WriteOutcome] { await take(keys.map { ($0, nil) }) }

    private func take(_ writes: [(key: Key, value: UInt8?)]) async -> [WriteOutcome] {
        let outcomes = state.withLock { state in
            state.writes += writes.map(\.value)
            return writes.map { state.writeOutcomes[$0.key] ?? .applied }
        }
        written.add(writes.count)
        await opened()
        return outcomes
    }

    func invalidated(_ scope: Ban.Scope) { state.withLock { $0.scopes.append(scope) } }
}
