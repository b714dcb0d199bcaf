public import LarderCore

/// An SQLite file as the origin of one namespace.
public struct SQLiteOrigin: Origin {
    private let database: SQLiteDatabase
    private let queries: SQLiteQueries

    /// The namespaces of one file share its threads.
    public init(_ database: SQLiteDatabase, _ queries: SQLiteQueries) {
        self.database = database
        self.queries = queries
    }

    /// The file's.
    public var name: String { database.name }

    /// One call for all of them. Rows have no validators: what is asked for is loaded.
    public func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
        guard !requests.isEmpty else { return [] }
        switch await database.perform(.load(requests.map(\.key), queries)) {
        case .loaded(let outcomes): return outcomes.map(named)
        case .failed(let failure): return requests.map { _ in .failed(named(failure)) }
        case .changed: return requests.map { _ in .failed(named(Self.mixedUp)) }
        }
    }

    /// One transaction for all of them; one that is refused does not keep the others back.
    public func write(_ entries: [Entry]) async -> [WriteOutcome] {
        await change(entries.map { .set($0.key, $0.value) })
    }

    /// One transaction for all of them.
    public func remove(_ keys: [Key]) async -> [WriteOutcome] {
        await change(keys.map { .delete($0) })
    }

    private static let mixedUp = SQLiteFailure(cause: .corrupt, detail: "answers are mixed up")

    private func change(_ changes: [SQLiteChange]) async -> [WriteOutcome] {
        guard !changes.isEmpty else { return [] }
        switch await database.perform(.change(changes, queries)) {
        case .changed(let outcomes): return outcomes.map(named)
        case .failed(let failure): return changes.map { _ in .refused(named(failure)) }
        case .loaded: return changes.map { _ in .unknown(named(Self.mixedUp)) }
        }
    }

    private func named(_ failure: SQLiteFailure) -> SourceFailure { named(failure.unnamed) }

    private func named(_ failure: SourceFailure) -> SourceFailure {
        SourceFailure(
            source: name, cause: failure.cause, detail: failure.detail, isKeys: failure.isKeys)
    }

    /// The threads serve all namespaces, and know no names.
    private func named(_ outcome: LoadOutcome) -> LoadOutcome {
        guard case .failed(let failure) = outcome else { return outcome }
        return .failed(named(failure))
    }

    private func named(_ outcome: WriteOutcome) -> WriteOutcome {
        switch outcome {
        case .applied: .applied
        case .refused(let failure): .refused(named(failure))
        case .unknown(let failure): .unknown(named(failure))
        }
    }
}

extension SQLiteFailure {
    /// Without a name, which the origin adds.
    var unnamed: SourceFailure {
        SourceFailure(source: "", cause: cause, detail: detail, isKeys: isKeys)
    }
}
