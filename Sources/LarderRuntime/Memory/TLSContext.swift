import COpenSSL
import Glibc

/// Certificates and keys, read and found to fit together.
///
/// Any thread may use it. What OpenSSL holds lives until the last connection that began with it.
///
/// Safety: both blocks are written by `init` alone, which nobody else sees, and freed by `deinit`,
/// behind the last use. OpenSSL allows one SSL_CTX for connections of many threads: it counts
/// references and locks its session cache itself, as long as nobody sets anything in a context that
/// has connections. A setter called after `init` would break that: another configuration is another
/// `TLSContext`. `copenssl_choose`, which runs in handshakes, reads the contexts through `choice`,
/// so a connection must keep this object alive, not only its SSL_CTX.
@safe public final class TLSContext: @unchecked Sendable {
    /// Days before its end from which on a certificate is worth a warning.
    private static let remindingDays = 14

    private let contexts: UnsafeMutableBufferPointer<OpaquePointer?>
    /// What `copenssl_choose` is given.
    private let choice: UnsafeMutablePointer<copenssl_choice>
    /// What it was made from.
    public let configuration: TLSConfiguration

    /// Reads all files.
    ///
    /// - Throws: `TLSFailure` for the first that is missing, or fits nothing.
    public init(_ configuration: TLSConfiguration) throws(TLSFailure) {
        self.configuration = configuration
        let count = configuration.certificates.count
        unsafe contexts = .allocate(capacity: max(count, 1))
        unsafe contexts.initialize(repeating: nil)
        unsafe choice = .allocate(capacity: 1)
        unsafe choice.initialize(
            to: copenssl_choice(contexts: contexts.baseAddress, count: count))
        try Self.check(configuration)
        for index in 0..<count {
            guard let context = unsafe copenssl_context() else {
                throw TLSFailure("", "OpenSSL gave no context: \(Self.takeError())")
            }
            unsafe contexts[index] = context
            unsafe copenssl_set_choice(context, choice)
            try unsafe use(configuration.certificates[index], configuration.keys[index], context)
            try unsafe askClients(context)
        }
    }

    deinit {
        for index in unsafe contexts.indices { unsafe SSL_CTX_free(contexts[index]) }
        unsafe contexts.deallocate()
        unsafe choice.deallocate()
    }

    /// The context that a connection begins with.
    var first: OpaquePointer? { unsafe contexts[0] }

    private static func check(_ configuration: TLSConfiguration) throws(TLSFailure) {
        let (certificates, keys) = (configuration.certificates, configuration.keys)
        if certificates.isEmpty {
            throw TLSFailure("certificate", "there is no certificate to show to clients")
        }
        if certificates.count != keys.count {
            throw TLSFailure(
                "key",
                "there are \(certificates.count) certificates and \(keys.count) keys;"
                    + " each certificate has its key, in the same order")
        }
        if configuration.clientCertificates != .off, configuration.authorities == nil {
            throw TLSFailure("ca", "no file says whose certificates clients may come with")
        }
    }

    private func use(
        _ certificate: String, _ key: String, _ context: OpaquePointer
    ) throws(TLSFailure) {
        try Self.requireReadable(certificate, "certificate")
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw TLSFailure(
                "certificate", file: certificate,
                "'\(certificate)' is no certificate in PEM: \(Self.takeError())")
        }
        try Self.requireReadable(key, "key")
        // A key of another type or number is refused here, too.
        guard unsafe SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            let reason = Self.takeError()
            let isMismatch = reason.contains("mismatch")
            throw TLSFailure(
                "key", file: key,
                isMismatch
                    ? "'\(key)' is not the key of '\(certificate)'"
                    : "'\(key)' is no key in PEM without a passphrase: \(reason)")
        }
    }

    private func askClients(_ context: OpaquePointer) throws(TLSFailure) {
        guard configuration.clientCertificates != .off, let file = configuration.authorities else {
            return
        }
        try Self.requireReadable(file, "ca")
        let areRequired: Int32 = configuration.clientCertificates == .required ? 1 : 0
        guard unsafe copenssl_set_clients(context, file, areRequired) == 1 else {
            throw TLSFailure(
                "ca", file: file, "'\(file)' holds no certificate in PEM: \(Self.takeError())")
        }
    }

    /// The system's reason is clearer than OpenSSL's.
    private static func requireReadable(
        _ path: String, _ setting: String
    ) throws(TLSFailure) {
        guard unsafe access(path, R_OK) == 0 else {
            throw TLSFailure(
                setting, file: path, "'\(path)' cannot be read: \(Sockets.errorText())")
        }
    }

    private static func takeError() -> String {
        unsafe String(cString: copenssl_take_error())
    }

    /// What clients may not like about the certificates: over, nearly over, not yet.
    public var warnings: [CertificateWarning] {
        configuration.certificates.indices.compactMap { index in
            guard let context = unsafe contexts[index], let words = unsafe Self.warning(of: context)
            else { return nil }
            let file = configuration.certificates[index]
            return CertificateWarning(file: file, description: "certificate '\(file)' \(words)")
        }
    }

    private static func warning(of context: OpaquePointer) -> String? {
        var (end, start) = (0, 0)
        guard unsafe copenssl_certificate_times(context, &end, &start) == 1 else { return nil }
        if start > 0 {
            return unsafe "is not valid before \(date(of: context, isEnd: false))"
        }
        if end < 0 { return unsafe "expired on \(date(of: context, isEnd: true))" }
        guard end < Self.remindingDays * 86_400 else { return nil }
        return unsafe "expires on \(date(of: context, isEnd: true))"
    }

    private static func date(of context: OpaquePointer, isEnd: Bool) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { text in
            unsafe text.initialize(repeating: 0)
            unsafe copenssl_certificate_date(context, isEnd ? 1 : 0, text.baseAddress, 16)
            return unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
    }
}
