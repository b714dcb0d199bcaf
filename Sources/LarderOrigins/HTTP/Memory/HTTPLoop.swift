import CCurl
import Glibc
import LarderCore

/// The thread of a client: starts, drives and ends transfers.
@safe struct HTTPLoop: ~Copyable {
    private let mailbox: HTTPMailbox
    private let settings: HTTPSettings
    private var running: [UInt64: HTTPHandle] = [:]
    private var spare: [HTTPHandle] = []
    private var earliest = Tick(nanoseconds: .max)
    private var statistics = HTTPStatistics()

    /// More than usual traffic needs; those of a storm go with it.
    private static let spareMax = 64
    /// The mailbox wakes it earlier.
    private static let longestWait: Int32 = 60_000

    init(_ mailbox: HTTPMailbox, _ settings: HTTPSettings) {
        self.mailbox = mailbox
        self.settings = settings
    }

    mutating func run() {
        while true {
            for message in mailbox.take() {
                switch message {
                case .start(let transfer): start(transfer)
                case .cancel(let id): cancel(id)
                case .stop: return end()
                }
            }
            var left: Int32 = 0
            _ = unsafe ccurl_multi_perform(mailbox.shared, &left)
            collect()
            endLate()
            mailbox.statistics.withLock { [statistics] in $0 = statistics }
            _ = unsafe ccurl_wait(mailbox.shared, wait())
        }
    }

    private mutating func start(_ transfer: HTTPTransfer) {
        if transfer.isCancelled { return transfer.failCancelled(wasSent: false) }
        guard let handle = spare.popLast() ?? HTTPHandle() else {
            return transfer.fail(.overloaded, "no memory")
        }
        handle.prepare(transfer, settings)
        guard unsafe ccurl_multi_add_handle(mailbox.shared, handle.handle) == CURLM_OK else {
            return transfer.fail(.overloaded, "libcurl took no more")
        }
        running[transfer.id] = handle
        earliest = min(earliest, transfer.request.deadline)
        count()
    }

    /// Takes a transfer out; who waits for it must be told after this.
    private mutating func retire(_ handle: HTTPHandle) {
        guard let id = handle.transfer?.id else { return }
        statistics.connectionsMade += handle.connectionsMade
        statistics.transferCount += 1
        _ = unsafe ccurl_multi_remove_handle(mailbox.shared, handle.handle)
        running[id] = nil
        handle.reset()
        if spare.count < Self.spareMax { spare.append(handle) }
        count()
    }

    private mutating func count() {
        statistics.handleCount = running.count + spare.count
    }

    private mutating func cancel(_ id: UInt64) {
        guard let handle = running[id], let transfer = handle.transfer else { return }
        let wasSent = handle.wasSent
        retire(handle)
        transfer.failCancelled(wasSent: wasSent)
    }

    /// Ends the transfers that libcurl is through with.
    private mutating func collect() {
        var code = CURLE_OK
        while let ended = unsafe ccurl_next_ended(mailbox.shared, &code) {
            guard let handle = unsafe HTTPHandle.of(ended), let transfer = handle.transfer else {
                continue
            }
            let result = result(of: handle, code)
            retire(handle)
            transfer.finish(result)
        }
    }

    /// Ends the transfers whose time is over. libcurl's own limit does not count the time that a
    /// transfer waits for another one's connection.
    private mutating func endLate() {
        guard earliest.nanoseconds != .max else { return }
        let now = MonotonicClock.now()
        guard now >= earliest else { return }
        for handle in Array(running.values) {
            guard let transfer = handle.transfer, transfer.request.deadline <= now else { continue }
            let wasSent = handle.wasSent
            retire(handle)
            transfer.fail(.timeout, "no whole answer in time", wasSent: wasSent)
        }
        earliest =
            running.values.compactMap { $0.transfer?.request.deadline }.min()
            ?? Tick(nanoseconds: .max)
    }

    private func wait() -> Int32 {
        guard earliest.nanoseconds != .max else { return Self.longestWait }
        let now = MonotonicClock.now()
        guard now < earliest else { return 0 }
        // Rounded up, so that it does not wake just before.
        let milliseconds = (earliest.nanoseconds - now.nanoseconds) / 1_000_000 + 1
        return Int32(min(milliseconds, UInt64(Self.longestWait)))
    }

    private mutating func end() {
        for handle in Array(running.values) {
            guard let transfer = handle.transfer else { continue }
            let wasSent = handle.wasSent
            retire(handle)
            transfer.fail(.unreachable, "closed", wasSent: wasSent)
        }
        spare = []
    }

    private func result(of handle: HTTPHandle, _ code: CURLcode) -> HTTPResult {
        guard let receiver = handle.receiver else {
            return Self.corrupt("no answer")
        }
        if let fault = receiver.fault { return .failed(failure(of: fault)) }
        // A line of more than 100 KB libcurl does not show, and calls it a lack of memory.
        if code == CURLE_OUT_OF_MEMORY, receiver.head.byteCount > 0, !receiver.head.isWhole {
            return .failed(failure(of: .headTooLong))
        }
        guard code == CURLE_OK else {
            return .failed(
                HTTPFailure(
                    cause: Self.cause(of: code), detail: handle.failureText(code),
                    wasSent: handle.wasSent))
        }
        guard receiver.head.isWhole else { return Self.corrupt("the head broke off") }
        let hasBody = handle.status == 200 || handle.status == 203
        guard !hasBody || receiver.head.isDelimited || settings.acceptsUndelimited else {
            return Self.corrupt("the answer does not say where it ends")
        }
        guard let body = receiver.takeBody() else { return Self.corrupt("the body broke off") }
        return .answered(
            HTTPAnswer(
                status: handle.status, head: receiver.head, body: body,
                redirect: handle.redirect))
    }

    private static func corrupt(_ detail: String) -> HTTPResult {
        .failed(HTTPFailure(cause: .corrupt, detail: detail, wasSent: true))
    }

    private func failure(of fault: HTTPReceiver.Fault) -> HTTPFailure {
        let (cause, what): (SourceFailure.Cause, String) =
            switch fault {
            case .bodyTooLong: (.refused, "the body is larger than \(settings.valueBytesMax) bytes")
            case .headTooLong:
                (.refused, "the head is larger than \(settings.headerBytesMax) bytes")
            case .packing: (.corrupt, "the body is packed in a way that was not asked for")
            case .damaged: (.corrupt, "the body is packed and damaged")
            }
        return HTTPFailure(cause: cause, detail: what, wasSent: true, isServers: false)
    }

    private static func cause(of code: CURLcode) -> SourceFailure.Cause {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_PARTIAL_FILE, CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            .corrupt
        default: .unreachable
        }
    }
}
