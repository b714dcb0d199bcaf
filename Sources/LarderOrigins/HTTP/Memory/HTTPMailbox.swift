import CCurl
import Glibc
import LarderCore

/// How tasks reach the thread that owns libcurl's handles.
///
/// Safety: `shared` is libcurl's, and not safe to share but for `curl_multi_wakeup`, which libcurl
/// allows from any thread at any time. So `put`, which any task calls, does that alone; all else is
/// done by `HTTPLoop`, which exists once, on the thread that `HTTPClient` starts. Both hold a
/// reference, so `deinit` frees `shared` when neither is left. It would break with a second loop,
/// or with another use of `shared` outside of it.
@safe final class HTTPMailbox: @unchecked Sendable {
    enum Message: Sendable {
        case start(HTTPTransfer)
        case cancel(UInt64)
        case stop
    }

    /// libcurl's connections and transfers.
    let shared: UnsafeMutableRawPointer
    /// Written by the thread after each turn.
    let statistics = Guarded(HTTPStatistics())
    private let messages = Guarded<[Message]>([])

    /// Why libcurl does not start, if so.
    private static let problem = unsafe ccurl_load().map { unsafe String(cString: $0) }

    init(idleConnectionsMax: Int) throws(OriginConfigurationError) {
        guard Self.problem == nil, let shared = unsafe ccurl_multi_init() else {
            let reason = Self.problem.map { ": \($0)" } ?? ""
            throw .init(field: "http", problem: "libcurl does not start\(reason)")
        }
        unsafe self.shared = shared
        _ = unsafe ccurl_set_shared(shared, CURLMOPT_MAXCONNECTS, idleConnectionsMax)
        _ = unsafe ccurl_set_shared(shared, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit { _ = unsafe ccurl_multi_cleanup(shared) }

    func put(_ message: Message) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { _ = unsafe ccurl_multi_wakeup(shared) }
    }

    func take() -> [Message] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
