import LarderAssembly
import LarderCore

/// An origin that answers as a test has written down, when the test lets it.
final class HeldOrigin: Origin {
    private struct State {
        var values: [String: LoadOutcome] = [:]
        var questions: [[String]] = []
        var isHeld = false
        var holdsWrites = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var writes: [String] = []
        var writeOutcomes: [String: WriteOutcome] = [:]
        var hanging: Set<String> = []
        var scopes: [Ban.Scope] = []
        var listener: (@Sendable () -> Void)?
    }

    let name = "catalog"
    private let state = Guarded(State())

    /// From now on `key` has this value.
    func set(_ key: String, _ value: String, _ change: (inout Loaded) -> Void = { _ in }) {
        var loaded = Loaded(Array(value.utf8))
        change(&loaded)
        state.withLock { $0.values[key] = .loaded(loaded) }
    }

    /// From now on nobody learns of `key`.
    func fail(_ key: String, _ cause: SourceFailure.Cause) {
        let failure = SourceFailure(source: name, cause: cause)
        state.withLock { $0.values[key] = .failed(failure) }
    }

    /// What was asked so far, one list for each question.
    var questions: [[String]] { state.withLock { $0.questions } }

    /// Answers wait from now on, to questions alone or to writes too.
    func hold(writes: Bool = true) {
        state.withLock { ($0.isHeld, $0.holdsWrites) = (true, writes) }
    }

    /// Questions are answered, those that wait too.
    func release() {
        let waiting = state.withLock { state in
            (state.isHeld, state.holdsWrites) = (false, false)
            defer { state.waiting = [] }
            return state.waiting
        }
        for question in waiting { question.resume() }
    }

    func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        let keys = requests.map { String(decoding: $0.key.bytes, as: UTF8.self) }
        // What it was when it was asked for, however late that is told.
        let outcomes = state.withLock { state in keys.map { state.values[$0] ?? .absent } }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                state.questions.append(keys)
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return outcomes
    }

    /// What was written so far: `key=value`, or `-key`.
    var writes: [String] { state.withLock { $0.writes } }

    /// From now on writes of `key` end so.
    func answerWrites(of key: String, with outcome: WriteOutcome) {
        state.withLock { $0.writeOutcomes[key] = outcome }
    }

    /// From now on this write, as `writes` shows it, is not answered before `release`.
    func hang(_ write: String) {
        state.withLock { _ = $0.hanging.insert(write) }
    }

    /// What it heard of that somebody has changed.
    var scopes: [Ban.Scope] { state.withLock { $0.scopes } }

    /// Calls `listener` whenever it hears of a change.
    func onInvalidation(_ listener: @escaping @Sendable () -> Void) {
        state.withLock { $0.listener = listener }
    }

    func invalidated(_ scope: Ban.Scope) {
        let listener = state.withLock { state in
            state.scopes.append(scope)
            return state.listener
        }
        listener?()
    }

    func write(_ entries: [Entry]) async -> [WriteOutcome] {
        await take(
            entries.map { entry in
                (
                    String(decoding: entry.key.bytes, as: UTF8.self),
                    String(decoding: entry.value, as: UTF8.self)
                )
            })
    }

    func remove(_ keys: [Key]) async -> [WriteOutcome] {
        await take(keys.map { (String(decoding: $0.bytes, as: UTF8.self), nil) })
    }

    private func take(_ writes: [(key: String, value: String?)]) async -> [WriteOutcome] {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                let names = writes.map { key, value in value.map { "\(key)=\($0)" } ?? "-\(key)" }
                state.writes += names
                let isHeld = state.holdsWrites || !state.hanging.isDisjoint(with: names)
                if isHeld { state.waiting.append(continuation) }
                return isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return state.withLock { state in
            writes.map { key, value in
                let outcome = state.writeOutcomes[key] ?? .applied
                if outcome == .applied {
                    state.values[key] = value.map { .loaded(Loaded(Array($0.utf8))) } ?? .absent
                }
                return outcome
            }
        }
    }
}

extension ServerFixture {
    /// A server whose keys `product:{id}` come from `origin`.
    convenience init(
        loadingFrom origin: any Origin, batchMax: Int = 1, timeout: Duration = .seconds(30),
        levels: [any Level] = [], _ backend: ServerConfiguration.InputOutput = .auto,
        _ change: (inout NamespaceConfiguration) -> Void = { _ in }
    ) throws {
        var namespace = NamespaceConfiguration(
            name: "products", match: try KeyPattern(parsing: "product:{id}"))
        namespace.origin = NamespaceOrigin(
            use: origin.name, get: try QueryTemplate(url: "/{id}", captures: ["id"]))
        namespace.ttl = .seconds(3600)
        (namespace.earlyRefresh, namespace.refreshAt, namespace.wait) = (0, nil, .seconds(60))
        change(&namespace)
        let binding = OriginSet.Binding(namespace: 0, origin: origin, batchMax: batchMax)
        let origins = OriginSet(
            bindings: [origin.name: [binding]], levels: [origin.name: levels])
        try self.init(origins: origins) { configuration in
            configuration.server.io = backend
            configuration.namespaces = [namespace]
            configuration.origins = [
                OriginConfiguration(name: origin.name, source: .http(url: "http://127.0.0.1"))
            ]
            configuration.origins[0].timeout = timeout
        }
    }
}
