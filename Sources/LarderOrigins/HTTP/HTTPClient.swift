import LarderCore
import Synchronization

/// Runs requests on a thread of its own, with libcurl. Any task may call it.
final class HTTPClient: Sendable {
    let mailbox: HTTPMailbox
    private let lastID = Atomic<UInt64>(0)
    private let running = Atomic<Int>(0)
    private let requestsMax: Int
    private let overloads = Atomic<Int>(0)

    init(_ settings: HTTPSettings) throws(OriginConfigurationError) {
        let mailbox = try HTTPMailbox(idleConnectionsMax: settings.idleConnectionsMax)
        self.mailbox = mailbox
        requestsMax = settings.requestsMax
        let isStarted = WorkerThread.start(named: "larder-http") {
            var loop = HTTPLoop(mailbox, settings)
            loop.run()
        }
        guard isStarted else {
            throw .init(field: "requestsMax", problem: "the system gave no thread")
        }
    }

    deinit { mailbox.put(.stop) }

    /// Requests that have not ended.
    var runningCount: Int { running.load(ordering: .relaxed) }

    /// Requests refused because too many ran.
    var overloadCount: Int { overloads.load(ordering: .relaxed) }

    /// What the thread holds.
    var statistics: HTTPStatistics { mailbox.statistics.withLock { $0 } }

    /// Sends `request` and collects its answer. Ends early when the task is cancelled.
    func perform(_ request: HTTPRequest) async -> HTTPResult {
        // Relaxed: the counters bound and count, no data follows them.
        let before = running.wrappingAdd(1, ordering: .relaxed).oldValue
        defer { running.wrappingSubtract(1, ordering: .relaxed) }
        guard before < requestsMax else {
            overloads.wrappingAdd(1, ordering: .relaxed)
            let detail = "\(requestsMax) requests are on their way"
            return .failed(
                HTTPFailure(
                    cause: .overloaded, detail: detail, wasSent: false, isServers: false))
        }
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let cancellation = HTTPCancellation(id: id)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                mailbox.put(.start(HTTPTransfer(request, waiter, cancellation)))
            }
        } onCancel: {
            cancellation.set()
            mailbox.put(.cancel(id))
        }
    }
}

/// What libcurl is told about every request of a service.
struct HTTPSettings: Sendable {
    var version: HTTPConfiguration.Version
    var connectTimeout: Duration
    var valueBytesMax: Int
    var headerBytesMax: Int
    var authorities: String?
    var certificate: String?
    var key: String?
    var requestsMax: Int
    var idleConnectionsMax: Int
    var acceptsUndelimited: Bool

    init(_ configuration: HTTPConfiguration) {
        version = configuration.version
        connectTimeout = configuration.connectTimeout
        valueBytesMax = configuration.valueBytesMax
        headerBytesMax = configuration.headerBytesMax
        authorities = configuration.authorities
        certificate = configuration.certificate
        key = configuration.key
        requestsMax = configuration.requestsMax
        idleConnectionsMax = configuration.idleConnectionsMax
        acceptsUndelimited = configuration.acceptsUndelimited
    }
}

/// What the thread of a client holds.
struct HTTPStatistics: Hashable, Sendable {
    /// Handles of libcurl, in use and spare.
    var handleCount = 0
    var transferCount = 0
    var connectionsMade = 0
}
