import LarderCore
import Synchronization

/// An SQLite file, for all its namespaces: threads that read it, and one that writes it.
public final class SQLiteDatabase: Sendable {
    /// The configured name, as failures and metrics show it.
    public let name: String
    private let configuration: SQLiteConfiguration
    private let readers: WorkQueue<SQLiteCall>
    private let writer: WorkQueue<SQLiteCall>
    private let overloads = Atomic<Int>(0)

    /// Starts the threads. The file is opened by the first call, and again after it was missing.
    ///
    /// - Throws: What cannot be in the configuration.
    public init(
        name: String, _ configuration: SQLiteConfiguration
    ) throws(OriginConfigurationError) {
        try configuration.validate()
        self.name = name
        self.configuration = configuration
        let readers = WorkQueue<SQLiteCall>(waitingMax: configuration.waitingMax)
        let writer = WorkQueue<SQLiteCall>(waitingMax: configuration.waitingMax)
        self.readers = readers
        self.writer = writer
        var isStarted = WorkerThread.start(named: "larder-sql-write") {
            SQLiteWorker(writer, configuration, isReader: false).run()
        }
        for _ in 0..<configuration.readerCount {
            let isNext = WorkerThread.start(named: "larder-sql-read") {
                SQLiteWorker(readers, configuration, isReader: true).run()
            }
            isStarted = isStarted && isNext
        }
        guard isStarted else {
            close()
            throw .init(field: "readerCount", problem: "the system gave no thread")
        }
    }

    deinit { close() }

    /// Calls that were refused because too many waited.
    public var overloadCount: Int { overloads.load(ordering: .relaxed) }

    private func close() {
        readers.close(threadCount: configuration.readerCount)
        writer.close(threadCount: 1)
    }

    /// Has a thread do `work`. Ends early, by way of that thread, when the task is cancelled.
    func perform(_ work: SQLiteCall.Work) async -> SQLiteCall.Answer {
        let limit = SQLiteLimit(
            deadline: MonotonicClock.now().advanced(by: configuration.timeout))
        let queue =
            switch work {
            case .load: readers
            case .change: writer
            }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let call = SQLiteCall(work: work, limit: limit, waiter: waiter)
                guard !queue.put(call) else { return }
                overloads.wrappingAdd(1, ordering: .relaxed)
                let detail = "\(configuration.waitingMax) calls wait"
                let failure = SQLiteFailure(cause: .overloaded, detail: detail)
                waiter.resume(returning: .failed(failure))
            }
        } onCancel: {
            limit.cancel()
        }
    }
}
