import CSQLite
import Glibc
import LarderCore

/// A connection to the file, for one thread.
@safe final class SQLiteConnection {
    private let database: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// The call that runs. SQLite asks for it from its handlers.
    fileprivate var limit: SQLiteLimit?
    private let configuration: SQLiteConfiguration
    /// The file that was opened, whatever its path is now.
    private let file: FileIdentity?

    /// How many steps of SQLite's machine lie between two looks at the clock: some microseconds.
    private static let stepsBetweenLooks: Int32 = 1_000
    /// Statements come from the configuration; more than these are made anew.
    private static let statementMax = 256

    init(
        _ configuration: SQLiteConfiguration, isReader: Bool, limit: SQLiteLimit
    ) throws(SQLiteFailure) {
        // Before it is opened: what comes in between is noticed by the next call.
        let file = FileIdentity(of: configuration.path)
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
        let code = unsafe sqlite3_open_v2(configuration.path, &opened, flags, nil)
        guard let database = unsafe opened, code == SQLITE_OK else {
            let failure = unsafe Self.failure(code, opened)
            _ = unsafe sqlite3_close_v2(opened)
            throw failure
        }
        unsafe self.database = database
        self.configuration = configuration
        self.file = file
        self.limit = limit
        _ = unsafe csqlite_set_defensive(database)
        _ = unsafe sqlite3_extended_result_codes(database, 1)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe sqlite3_busy_handler(database, SQLiteHandlers.busy, this)
        unsafe sqlite3_progress_handler(
            database, Self.stepsBetweenLooks, SQLiteHandlers.progress, this)
        if configuration.usesWriteAheadLog { try run("PRAGMA journal_mode = WAL") }
        if isReader { try run("PRAGMA query_only = 1") }
        self.limit = nil
    }

    deinit {
        statements = [:]
        // The last one to close writes the log back, and would call them with what is going away.
        _ = unsafe sqlite3_busy_handler(database, nil, nil)
        unsafe sqlite3_progress_handler(database, 0, nil, nil)
        _ = unsafe sqlite3_close_v2(database)
    }

    /// Whether the path still leads to the file that was opened. If not, the connection sees what
    /// is no longer there, and is to be closed.
    func isOfFile() -> Bool {
        guard let file, FileIdentity(of: configuration.path) == file else {
            _ = unsafe csqlite_leave_log(database)
            return false
        }
        return true
    }

    /// Runs `body` within `limit`.
    func within<Result>(
        _ limit: SQLiteLimit, _ body: () throws(SQLiteFailure) -> Result
    ) throws(SQLiteFailure) -> Result {
        self.limit = limit
        defer { self.limit = nil }
        guard !limit.isOver else {
            throw SQLiteFailure(cause: .timeout, detail: limit.reason)
        }
        return try body()
    }

    /// The statement of this text, ready to be bound.
    func statement(_ text: String) throws(SQLiteFailure) -> SQLiteStatement {
        if let known = statements[text] {
            known.reset()
            return known
        }
        let made = try unsafe SQLiteStatement(text, database, self)
        if statements.count >= Self.statementMax { statements = [:] }
        statements[text] = made
        return made
    }

    /// Runs a statement of ours to its end.
    func run(_ text: String) throws(SQLiteFailure) {
        let statement = try statement(text)
        defer { statement.reset() }
        while try statement.step() {}
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    /// What `code`, and what SQLite says about it, means.
    func failure(_ code: Int32) -> SQLiteFailure {
        let primary = code & 0xFF
        if primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY, let limit, limit.isOver {
            let what = primary == SQLITE_BUSY ? "the database is locked, " : ""
            return SQLiteFailure(cause: .timeout, detail: what + limit.reason)
        }
        return unsafe Self.failure(code, database)
    }

    private static func failure(_ code: Int32, _ database: OpaquePointer?) -> SQLiteFailure {
        let text = unsafe String(cString: sqlite3_errmsg(database))
        let cause: SourceFailure.Cause =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT: .timeout
            case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PROTOCOL: .unreachable
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
            default: .refused
            }
        return SQLiteFailure(
            cause: cause, detail: String(text.prefix(200)),
            isUnknown: code & 0xFF == SQLITE_IOERR)
    }
}

/// What SQLite calls while a statement runs. They hold no reference: the connection outlives them.
private enum SQLiteHandlers {
    /// Another program holds the lock: wait a little, or give up.
    static let busy: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32 = { context, count in
        guard unsafe !isOver(context) else { return 0 }
        // 0.1 ms, doubling to 12.8: short locks cost little time, long ones little CPU.
        let microseconds = 100 << Int(min(count, 7))
        var pause = timespec(tv_sec: 0, tv_nsec: microseconds * 1_000)
        _ = unsafe nanosleep(&pause, nil)
        return 1
    }

    /// Any other number than 0 ends the statement.
    static let progress: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        unsafe isOver(context) ? 1 : 0
    }

    private static func isOver(_ context: UnsafeMutableRawPointer?) -> Bool {
        guard let context = unsafe context else { return true }
        let connection =
            unsafe Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue()
        return connection.limit?.isOver ?? false
    }
}
