import CSQLite
import LarderCore

/// A prepared statement of one connection.
@safe final class SQLiteStatement {
    private let statement: OpaquePointer
    private unowned let connection: SQLiteConnection
    /// The names of the result's columns in small letters.
    let columns: [String]
    let parameterCount: Int

    init(
        _ text: String, _ database: OpaquePointer, _ connection: SQLiteConnection
    ) throws(SQLiteFailure) {
        var made: OpaquePointer?
        var bytes = text.utf8CString
        var hasMore = false
        let code = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v3(
                database, bytes.baseAddress, Int32(bytes.count),
                UInt32(SQLITE_PREPARE_PERSISTENT), &made, &tail)
            if let tail = unsafe tail {
                let rest = unsafe String(cString: tail)
                hasMore = rest.contains { !$0.isWhitespace && $0 != ";" }
            }
            return code
        }
        guard code == SQLITE_OK else { throw connection.failure(code) }
        guard let statement = unsafe made, !hasMore else {
            _ = unsafe sqlite3_finalize(made)
            throw SQLiteFailure(
                cause: .refused, detail: "a query must be one statement, not none and not two")
        }
        unsafe self.statement = statement
        self.connection = connection
        parameterCount = unsafe Int(sqlite3_bind_parameter_count(statement))
        columns = unsafe (0..<sqlite3_column_count(statement)).map { index in
            guard let name = unsafe sqlite3_column_name(statement, index) else { return "" }
            return unsafe String(cString: name).lowercased()
        }
    }

    deinit { _ = unsafe sqlite3_finalize(statement) }

    /// Makes it ready to be bound again, and lets its locks go.
    func reset() {
        _ = unsafe sqlite3_reset(statement)
        _ = unsafe sqlite3_clear_bindings(statement)
    }

    /// Binds the values to `?1`, `?2` … It copies them.
    func bind(_ values: [[UInt8]]) throws(SQLiteFailure) {
        // One that the statement does not mention need not be bound, but one too few is a mistake.
        guard parameterCount <= values.count else {
            throw SQLiteFailure(
                cause: .refused,
                detail: "the query has \(parameterCount) parameters, the key \(values.count) parts")
        }
        for (index, value) in values.prefix(parameterCount).enumerated() {
            let place = Int32(index + 1)
            let code = unsafe value.withUnsafeBytes { bytes in
                let (start, count) = (bytes.baseAddress, UInt64(bytes.count))
                return SQLiteValue.isText(value)
                    ? unsafe csqlite_bind_text(statement, place, start, count)
                    : unsafe csqlite_bind_blob(statement, place, start, count)
            }
            guard code == SQLITE_OK else { throw connection.failure(code) }
        }
    }

    /// Goes to the next row; `false` when there is none.
    func step() throws(SQLiteFailure) -> Bool {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let failure = connection.failure(code)
            reset()
            throw failure
        }
    }

    /// The bytes of a column of this row; `nil` if it is NULL. Numbers come as SQLite writes them.
    func bytes(_ column: Int, max: Int) throws(SQLiteFailure) -> [UInt8]? {
        let index = Int32(column)
        let kind = unsafe sqlite3_column_type(statement, index)
        guard kind != SQLITE_NULL else { return nil }
        let isNumber = kind == SQLITE_INTEGER || kind == SQLITE_FLOAT
        // The pointer is asked for first: it may convert, and so change the length.
        let start =
            isNumber
            ? unsafe UnsafeRawPointer(sqlite3_column_text(statement, index))
            : unsafe sqlite3_column_blob(statement, index)
        let count = unsafe Int(sqlite3_column_bytes(statement, index))
        guard count <= max else {
            throw SQLiteFailure(
                cause: .refused, detail: "a value is larger than \(max) bytes", isKeys: true)
        }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
