import LarderCore

/// A thread with its connection: takes calls one after the other.
final class SQLiteWorker {
    private let queue: WorkQueue<SQLiteCall>
    private let configuration: SQLiteConfiguration
    private let isReader: Bool
    private var connection: SQLiteConnection?

    init(_ queue: WorkQueue<SQLiteCall>, _ configuration: SQLiteConfiguration, isReader: Bool) {
        self.queue = queue
        self.configuration = configuration
        self.isReader = isReader
    }

    func run() {
        while let call = queue.take() {
            call.waiter.resume(returning: answer(call))
        }
    }

    private func answer(_ call: SQLiteCall) -> SQLiteCall.Answer {
        // What a query of the configuration began, or could not be undone, would lock the file.
        defer { if connection?.isInTransaction == true { connection = nil } }
        do throws(SQLiteFailure) {
            // Too late or left: not even the file is touched.
            guard !call.limit.isOver else {
                throw SQLiteFailure(cause: .timeout, detail: call.limit.reason)
            }
            let connection = try opened(call.limit)
            return try connection.within(call.limit) { () throws(SQLiteFailure) in
                switch call.work {
                case .load(let keys, let queries):
                    let loader = SQLiteLoader(connection, queries, configuration.valueBytesMax)
                    return .loaded(loader.load(keys))
                case .change(let changes, let queries):
                    let writer = SQLiteWriter(connection, queries)
                    return .changed(try writer.apply(changes))
                }
            }
        } catch {
            // The file may be another one, or back, next time.
            if error.cause == .corrupt || error.cause == .unreachable { connection = nil }
            return .failed(error)
        }
    }

    private func opened(_ limit: SQLiteLimit) throws(SQLiteFailure) -> SQLiteConnection {
        if let connection, connection.isOfFile() { return connection }
        connection = nil
        let made = try SQLiteConnection(configuration, isReader: isReader, limit: limit)
        connection = made
        return made
    }
}
