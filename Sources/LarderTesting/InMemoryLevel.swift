public import LarderCore

/// A level in a dictionary, whose faults a test arranges.
public final class InMemoryLevel: Level {
    /// What the next calls do instead of their work.
    public enum Fault: Sendable {
        /// The call fails and changes nothing.
        case fails(SourceFailure.Cause)
        /// The call fails, after it did the work for the first `count` keys or entries.
        case failsAfter(count: Int, SourceFailure.Cause)
    }

    /// What was asked, in order.
    public enum Call: Hashable, Sendable {
        case get([Key]), put([Key]), remove([Key]), ban(Ban)
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var faults: [Fault] = []
        var calls: [Call] = []
    }

    /// The configured name.
    public let name: String
    private let namespace: @Sendable (Key) -> String?
    private let state = Guarded(State())

    /// An empty level. `namespace` tells for bans which namespace a key belongs to.
    public init(name: String, namespace: @escaping @Sendable (Key) -> String? = { _ in nil }) {
        self.name = name
        self.namespace = namespace
    }

    /// Lets the next calls fail, one fault each.
    public func arrange(_ faults: Fault...) {
        state.withLock { $0.faults += faults }
    }

    /// All calls so far.
    public var calls: [Call] { state.withLock { $0.calls } }

    /// All entries, faults or not.
    public var entries: [Key: Entry] { state.withLock { $0.entries } }

    /// Looks up; a fault fails the keys that it does not spare.
    public func getMany(_ keys: [Key]) async -> [Lookup<Entry>] {
        state.withLock { state in
            state.calls.append(.get(keys))
            let (spared, failure) = Self.outcome(of: keys.count, &state, name)
            return keys.enumerated().map { index, key in
                if index >= spared, let failure { return .failed(failure) }
                return state.entries[key].map { .found($0) } ?? .absent
            }
        }
    }

    /// Stores what a fault spares.
    public func putMany(_ entries: [Entry]) async throws(SourceFailure) {
        try perform(.put(entries.map(\.key)), count: entries.count) { state, index in
            state.entries[entries[index].key] = entries[index]
        }
    }

    /// Drops what a fault spares.
    public func removeMany(_ keys: [Key]) async throws(SourceFailure) {
        try perform(.remove(keys), count: keys.count) { state, index in
            state.entries[keys[index]] = nil
        }
    }

    /// Drops, or makes expire, what matches.
    public func ban(_ ban: Ban) async throws(SourceFailure) {
        let namespace = namespace
        try perform(.ban(ban), count: 1) { state, _ in
            for (key, entry) in state.entries where ban.matches(entry, namespace: namespace(key)) {
                switch ban.strength {
                case .hard: state.entries[key] = nil
                case .soft:
                    state.entries[key]?.expires = min(entry.expires ?? ban.time, ban.time)
                }
            }
        }
    }

    private func perform(
        _ call: Call, count: Int, _ body: (inout State, Int) -> Void
    ) throws(SourceFailure) {
        try state.withLock { state throws(SourceFailure) in
            state.calls.append(call)
            let (spared, failure) = Self.outcome(of: count, &state, name)
            for index in 0..<spared { body(&state, index) }
            if let failure { throw failure }
        }
    }

    /// How many items the next call does its work for, and how it fails after them.
    private static func outcome(
        of count: Int, _ state: inout State, _ name: String
    ) -> (spared: Int, failure: SourceFailure?) {
        guard !state.faults.isEmpty else { return (count, nil) }
        switch state.faults.removeFirst() {
        case .fails(let cause):
            return (0, SourceFailure(source: name, cause: cause, detail: "arranged"))
        case .failsAfter(let spared, let cause):
            let failure = SourceFailure(source: name, cause: cause, detail: "arranged")
            return (min(spared, count), failure)
        }
    }
}
