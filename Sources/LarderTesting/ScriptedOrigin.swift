public import LarderCore

/// An origin that answers as a test has written down, and remembers what it was asked.
public final class ScriptedOrigin: Origin {
    private struct State {
        var values: [Key: LoadOutcome] = [:]
        var writes: [Key: WriteOutcome] = [:]
        var loadCounts: [Key: Int] = [:]
    }

    /// The configured name.
    public let name: String
    private let state = Guarded(State())

    /// An origin in which every key is absent and every write succeeds.
    public init(name: String) {
        self.name = name
    }

    /// From now on `key` is answered so.
    public func answer(_ key: Key, with lookup: LoadOutcome) {
        state.withLock { $0.values[key] = lookup }
    }

    /// From now on writing or deleting `key` ends so. Only what is `applied` changes the value; in
    /// truth an `unknown` outcome may have, which a test says by a new answer.
    public func answerWrites(of key: Key, with outcome: WriteOutcome) {
        state.withLock { $0.writes[key] = outcome }
    }

    /// How often `key` was loaded.
    public func loadCount(of key: Key) -> Int {
        state.withLock { $0.loadCounts[key, default: 0] }
    }

    /// Answers as written down; with `notModified` if the value's validator is the request's.
    public func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        state.withLock { state in
            requests.map { request in
                state.loadCounts[request.key, default: 0] += 1
                let outcome = state.values[request.key] ?? .absent
                guard case .loaded(let loaded) = outcome, let validator = request.validator,
                    loaded.validator == validator
                else { return outcome }
                return .notModified(loaded.lifetime)
            }
        }
    }

    /// Writes what is to succeed.
    public func write(_ entries: [Entry]) async -> [WriteOutcome] {
        state.withLock { state in
            entries.map { entry in
                Self.apply(entry.key, .loaded(Loaded(entry.value)), to: &state)
            }
        }
    }

    /// Deletes what is to succeed.
    public func remove(_ keys: [Key]) async -> [WriteOutcome] {
        state.withLock { state in
            keys.map { Self.apply($0, .absent, to: &state) }
        }
    }

    private static func apply(
        _ key: Key, _ value: LoadOutcome, to state: inout State
    ) -> WriteOutcome {
        let outcome = state.writes[key] ?? .applied
        if outcome == .applied { state.values[key] = value }
        return outcome
    }
}
