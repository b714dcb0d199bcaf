import LarderCore
import Synchronization

/// Until when a call may go on, and whether anybody still wants it.
final class SQLiteLimit: Sendable {
    let deadline: Tick
    private let cancelled = Atomic<Bool>(false)

    init(deadline: Tick) { self.deadline = deadline }

    // Relaxed: nothing else is told by it.
    func cancel() { cancelled.store(true, ordering: .relaxed) }
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    var isOver: Bool { isCancelled || MonotonicClock.now() >= deadline }

    /// Why it is over.
    var reason: String { isCancelled ? "cancelled" : "not done in time" }
}

/// Work for a thread with a connection, and who waits for it.
struct SQLiteCall: Sendable {
    enum Work: Sendable {
        case load([Key], SQLiteQueries)
        case change([SQLiteChange], SQLiteQueries)
    }

    enum Answer: Sendable {
        case loaded([LoadOutcome])
        case changed([WriteOutcome])
        /// Nothing was done for any of them.
        case failed(SQLiteFailure)
    }

    let work: Work
    let limit: SQLiteLimit
    let waiter: CheckedContinuation<Answer, Never>
}

/// One write or removal.
enum SQLiteChange: Sendable {
    case set(Key, [UInt8])
    case delete(Key)

    var key: Key {
        switch self {
        case .set(let key, _), .delete(let key): key
        }
    }
}

/// Why a statement did not do what it should.
struct SQLiteFailure: Error, Hashable, Sendable {
    var cause: SourceFailure.Cause
    var detail: String
    /// Whether the change may be in the file in spite of it.
    var isUnknown = false
    /// Whether it is about the key alone, and says nothing about the file.
    var isKeys = false
}
