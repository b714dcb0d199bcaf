import LarderCore

/// Writes with the statements of a namespace, on the thread of the connection.
struct SQLiteWriter {
    private let connection: SQLiteConnection
    private let queries: SQLiteQueries

    init(_ connection: SQLiteConnection, _ queries: SQLiteQueries) {
        self.connection = connection
        self.queries = queries
    }

    /// The outcomes in the order of the changes; a failure is that of all.
    func apply(_ changes: [SQLiteChange]) throws(SQLiteFailure) -> [WriteOutcome] {
        // One statement is a transaction by itself.
        guard changes.count > 1 else { return changes.map(outcome) }
        try connection.run("BEGIN IMMEDIATE")
        defer { if connection.isInTransaction { try? connection.run("ROLLBACK") } }
        var outcomes: [WriteOutcome] = []
        for change in changes {
            let outcome = outcome(of: change)
            // Some failures end the transaction, and with it what was done before.
            guard connection.isInTransaction else {
                let end = outcome == .applied ? .unknown(Self.ended.unnamed) : outcome
                return changes.map { _ in end }
            }
            outcomes.append(outcome)
        }
        do throws(SQLiteFailure) {
            try connection.run("COMMIT")
            return outcomes
        } catch {
            let failed = Self.outcome(of: error)
            return changes.map { _ in failed }
        }
    }

    private static let ended = SQLiteFailure(
        cause: .refused, detail: "a query ended the transaction")

    private func outcome(of change: SQLiteChange) -> WriteOutcome {
        do throws(SQLiteFailure) {
            try run(change)
            return .applied
        } catch {
            return Self.outcome(of: error)
        }
    }

    private func run(_ change: SQLiteChange) throws(SQLiteFailure) {
        let text: String?
        var values: [[UInt8]]
        do throws(KeyRefusal) {
            values = try queries.parts(change.key)
        } catch {
            throw SQLiteFailure(cause: .refused, detail: error.reason)
        }
        switch change {
        case .set(_, let value):
            text = queries.set
            values.append(value)
        case .delete: text = queries.delete
        }
        guard let text else {
            throw SQLiteFailure(cause: .refused, detail: "no such query is configured")
        }
        let statement = try connection.statement(text)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
    }

    /// SQLite undoes what fails, except where the disk did not say.
    private static func outcome(of failure: SQLiteFailure) -> WriteOutcome {
        failure.isUnknown ? .unknown(failure.unnamed) : .refused(failure.unnamed)
    }
}
