import LarderCore

/// Loads keys with the statements of a namespace, on the thread of the connection.
struct SQLiteLoader {
    private let connection: SQLiteConnection
    private let queries: SQLiteQueries
    private let valueBytesMax: Int

    init(_ connection: SQLiteConnection, _ queries: SQLiteQueries, _ valueBytesMax: Int) {
        self.connection = connection
        self.queries = queries
        self.valueBytesMax = valueBytesMax
    }

    /// The outcomes in the order of the keys.
    func load(_ keys: [Key]) -> [LoadOutcome] {
        let parts = keys.map { key in Result { () throws(KeyRefusal) in try queries.parts(key) } }
        let found = many(parts.compactMap { try? $0.get() })
        return parts.map { parts in
            switch parts {
            case .failure(let refusal):
                let failure = SQLiteFailure(
                    cause: .refused, detail: refusal.reason, isKeys: true)
                return .failed(failure.unnamed)
            case .success(let parts):
                // A key without a row of its own is asked for alone: SQLite may compare in other
                // ways than we do (`042` and 42, `a` and `A`), and only it says that there is none.
                return found[parts] ?? one(parts)
            }
        }
    }

    private func one(_ parts: [[UInt8]]) -> LoadOutcome {
        do throws(SQLiteFailure) {
            let statement = try connection.statement(queries.get)
            defer { statement.reset() }
            try statement.bind(parts)
            guard try statement.step() else { return .absent }
            return try outcome(of: statement, after: 0)
        } catch {
            return .failed(error.unnamed)
        }
    }

    /// What the statement for many keys finds: nothing if there is no such statement, or if it
    /// does not suit these keys.
    private func many(_ keys: [[[UInt8]]]) -> [[[UInt8]]: LoadOutcome] {
        guard keys.count > 1, let text = queries.getMany,
            let lists = SQLiteQueries.lists(of: keys)
        else { return [:] }
        var found: [[[UInt8]]: LoadOutcome] = [:]
        do throws(SQLiteFailure) {
            let statement = try connection.statement(text)
            defer { statement.reset() }
            try statement.bind(lists)
            while try statement.step() {
                guard let key = try key(of: statement, width: lists.count) else { continue }
                if found[key] != nil { continue }
                found[key] = rowOutcome(of: statement, after: lists.count)
            }
            return found
        } catch {
            let failure = LoadOutcome.failed(error.unnamed)
            return Dictionary(keys.map { ($0, failure) }) { first, _ in first }
        }
    }

    private func key(
        of statement: SQLiteStatement, width: Int
    ) throws(SQLiteFailure) -> [[UInt8]]? {
        var key: [[UInt8]] = []
        for column in 0..<min(width, statement.columns.count) {
            guard let part = try statement.bytes(column, max: valueBytesMax) else { return nil }
            key.append(part)
        }
        return key
    }

    /// A value that is too large is one key's failure.
    private func rowOutcome(of statement: SQLiteStatement, after width: Int) -> LoadOutcome {
        do throws(SQLiteFailure) {
            return try outcome(of: statement, after: width)
        } catch {
            return .failed(error.unnamed)
        }
    }

    /// What a row says. Its first `width` columns are the key's.
    private func outcome(
        of statement: SQLiteStatement, after width: Int
    ) throws(SQLiteFailure) -> LoadOutcome {
        let tagColumn = queries.tagColumn?.lowercased()
        let ttlColumn = queries.ttlColumn?.lowercased()
        let names = statement.columns
        let values = names.indices.dropFirst(width).filter {
            names[$0] != tagColumn && names[$0] != ttlColumn
        }
        guard let column = values.first else {
            throw SQLiteFailure(
                cause: .refused,
                detail: width == 0
                    ? "get selects no value"
                    : "get-many must select the \(width) parts of the key, then the value")
        }
        guard let value = try statement.bytes(column, max: valueBytesMax) else { return .absent }
        var loaded = Loaded(value)
        loaded.lifetime.ttl = try ttl(of: statement, ttlColumn)
        if let tagColumn, let index = names.lastIndex(of: tagColumn),
            let text = try statement.bytes(index, max: valueBytesMax)
        {
            loaded.setTags(text)
        }
        return .loaded(loaded)
    }

    private func ttl(
        of statement: SQLiteStatement, _ name: String?
    ) throws(SQLiteFailure) -> Duration? {
        guard let name, let index = statement.columns.lastIndex(of: name),
            let text = try statement.bytes(index, max: valueBytesMax)
        else { return nil }
        guard let seconds = Int64(String(decoding: text, as: UTF8.self)) else {
            throw SQLiteFailure(
                cause: .corrupt, detail: "the column \(name) holds no whole number")
        }
        return .seconds(min(max(0, seconds), Int64(Int32.max)))
    }
}
