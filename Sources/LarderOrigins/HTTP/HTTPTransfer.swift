import LarderCore
import Synchronization

/// A request on its way, and who waits for it.
final class HTTPTransfer: Sendable {
    let id: UInt64
    let request: HTTPRequest
    private let waiter: CheckedContinuation<HTTPResult, Never>
    private let cancelled: HTTPCancellation

    init(
        _ request: HTTPRequest, _ waiter: CheckedContinuation<HTTPResult, Never>,
        _ cancelled: HTTPCancellation
    ) {
        self.request = request
        self.waiter = waiter
        self.cancelled = cancelled
        id = cancelled.id
    }

    var isCancelled: Bool { cancelled.isSet }

    /// Tells who waits. To be called once.
    func finish(_ result: HTTPResult) {
        waiter.resume(returning: result)
    }

    func fail(_ cause: SourceFailure.Cause, _ detail: String, wasSent: Bool = false) {
        finish(.failed(HTTPFailure(cause: cause, detail: detail, wasSent: wasSent)))
    }

    func failCancelled(wasSent: Bool) {
        finish(
            .failed(
                HTTPFailure(
                    cause: .timeout, detail: "cancelled", wasSent: wasSent, isServers: false)))
    }
}

/// Whether nobody waits any more. It may be said before the transfer is known to its thread.
final class HTTPCancellation: Sendable {
    let id: UInt64
    private let flag = Atomic<Bool>(false)

    init(id: UInt64) { self.id = id }

    // Relaxed: the message that follows goes through the mailbox's lock.
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
