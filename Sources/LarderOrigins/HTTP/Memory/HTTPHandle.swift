import CCurl
import Glibc
import LarderCore

/// libcurl's handle of one transfer, used again for the next one.
///
/// libcurl keeps pointers to the receiver, the body and the error text until the handle has left
/// the shared one; `reset` and `deinit` come after that.
@safe final class HTTPHandle {
    let handle: UnsafeMutableRawPointer
    private(set) var receiver: HTTPReceiver?
    private(set) var transfer: HTTPTransfer?
    private var lines: UnsafeMutablePointer<curl_slist>?
    private var body: UnsafeMutableBufferPointer<UInt8>
    private let errorText: UnsafeMutablePointer<CChar>

    /// `nil` when libcurl has no memory left.
    init?() {
        guard let handle = unsafe ccurl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe body = UnsafeMutableBufferPointer(start: nil, count: 0)
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe ccurl_easy_cleanup(handle)
        unsafe ccurl_slist_free_all(lines)
        unsafe body.deallocate()
        unsafe errorText.deallocate()
    }

    /// Makes it ready for the next transfer. Connections stay: they are the shared handle's.
    func reset() {
        unsafe ccurl_easy_reset(handle)
        unsafe ccurl_slist_free_all(lines)
        unsafe lines = nil
        unsafe body.deallocate()
        unsafe body = UnsafeMutableBufferPointer(start: nil, count: 0)
        unsafe errorText.pointee = 0
        receiver = nil
        transfer = nil
    }

    /// What libcurl says went wrong, on one line.
    func failureText(_ code: CURLcode) -> String {
        let text = unsafe String(cString: errorText)
        let general = unsafe String(cString: ccurl_easy_strerror(code))
        let line = (text.isEmpty ? general : text).unicodeScalars.prefix(200).map {
            $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0)
        }
        return String(line)
    }

    /// Whether the request began to be sent.
    var wasSent: Bool { unsafe ccurl_size(handle, CURLINFO_PRETRANSFER_TIME_T) > 0 }

    var status: Int { unsafe ccurl_number(handle, CURLINFO_RESPONSE_CODE) }

    var connectionsMade: Int { unsafe max(0, ccurl_number(handle, CURLINFO_NUM_CONNECTS)) }

    /// Where the answer sends us; `nil` if nowhere.
    var redirect: String? {
        guard let text = unsafe ccurl_text(handle, CURLINFO_REDIRECT_URL) else { return nil }
        return unsafe String(cString: text)
    }

    /// Tells libcurl what to do. The handle was reset before.
    func prepare(_ transfer: HTTPTransfer, _ settings: HTTPSettings) {
        let receiver = HTTPReceiver(
            headMax: settings.headerBytesMax, bodyMax: settings.valueBytesMax)
        self.receiver = receiver
        self.transfer = transfer
        let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
        _ = unsafe ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION, HTTPReceiver.forHead)
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = unsafe ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION, HTTPReceiver.forBody)
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_PRIVATE, this)
        setManners(settings, isSecure: transfer.request.address.hasPrefix("https:"))
        setTrust(settings)
        setRequest(transfer.request)
    }

    /// The handle that libcurl speaks of.
    static func of(_ handle: UnsafeMutableRawPointer) -> HTTPHandle? {
        let this = unsafe ccurl_private(handle)
        return unsafe this.map { unsafe Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    private func setManners(_ settings: HTTPSettings, isSecure: Bool) {
        let milliseconds = Int(settings.connectTimeout / .milliseconds(1))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, milliseconds))
        // Threads and signals do not go together; names are resolved by libcurl's own threads,
        // and a transfer that ends does not wait for them.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        // Proxies of the environment are not ours.
        set(CURLOPT_PROXY, "")
        switch settings.version {
        case .automatic: set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        case .http1: set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        }
        // Rather wait for the first connection than open one for each request.
        if settings.version == .automatic, isSecure { set(CURLOPT_PIPEWAIT, 1) }
    }

    private func setTrust(_ settings: HTTPSettings) {
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = settings.authorities {
            set(CURLOPT_CAINFO, file)
            // Else the system's folder would be believed besides.
            _ = unsafe ccurl_set_pointer(handle, CURLOPT_CAPATH, nil)
        }
        if let file = settings.certificate { set(CURLOPT_SSLCERT, file) }
        if let file = settings.key { set(CURLOPT_SSLKEY, file) }
    }

    private func setRequest(_ request: HTTPRequest) {
        set(CURLOPT_URL, request.address)
        for line in request.headers {
            guard let longer = unsafe ccurl_slist_append(lines, line) else { continue }
            unsafe lines = longer
        }
        _ = unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
        guard request.method != .get else { return }
        if request.method == .put {
            unsafe body = .allocate(capacity: max(1, request.body.count))
            _ = unsafe body.initialize(from: request.body)
            set(CURLOPT_POST, 1)
            _ = unsafe ccurl_set_size(
                handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            _ = unsafe ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = unsafe ccurl_set_number(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        _ = unsafe ccurl_set_text(handle, option, value)
    }
}
