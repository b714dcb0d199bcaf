import COpenSSL
import CSocket
import Glibc
@testable import LarderRuntime

/// A blocking TLS client. Every wait ends after ten seconds.
@safe final class TLSTestClient: ByteClient {
    /// How a client comes.
    struct Manner {
        /// Name of its certificate.
        var certificate: String?
        /// The name that it asks for.
        var host: String?
        /// Who may have signed the server's certificate; nil: it does not look.
        var authority: String? = "ca"
        var version: Int32?
        /// A session to be taken up again.
        var resuming: TLSTestClient?
        var receiveBuffer: Int32?
    }

    enum Failure: Error, Equatable {
        case noHandshake
        case broken
        /// The connection ended without the words for it.
        case truncated
    }

    let plain: TestClient
    private let context: OpaquePointer
    private let session: OpaquePointer

    init(_ address: SocketAddress, _ manner: Manner = Manner()) throws {
        plain = try TestClient(address, receiveBuffer: manner.receiveBuffer)
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw Failure.broken }
        try unsafe Self.prepare(context, manner)
        guard let session = unsafe SSL_new(context) else { throw Failure.broken }
        unsafe self.context = context
        unsafe self.session = session
        unsafe SSL_set_fd(session, plain.descriptor)
        if let host = manner.host {
            unsafe host.withCString { text in
                _ = unsafe SSL_ctrl(
                    session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: text))
            }
            unsafe SSL_set1_host(session, host)
        }
        if let other = manner.resuming, let old = unsafe SSL_get1_session(other.session) {
            unsafe SSL_set_session(session, old)
            unsafe SSL_SESSION_free(old)
        }
    }

    deinit {
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
    }

    private static func prepare(_ context: OpaquePointer, _ manner: Manner) throws {
        let files = try TestCertificates.shared()
        // Old protocols are only there without a level of security.
        unsafe SSL_CTX_set_security_level(context, 0)
        if let authority = manner.authority {
            unsafe SSL_CTX_load_verify_locations(context, files.certificate(authority), nil)
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        }
        if let name = manner.certificate {
            unsafe SSL_CTX_use_certificate_chain_file(context, files.certificate(name))
            unsafe SSL_CTX_use_PrivateKey_file(context, files.key(name), SSL_FILETYPE_PEM)
        }
        if let version = manner.version {
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        }
    }

    func shakeHands() throws {
        defer { ERR_clear_error() }
        guard unsafe SSL_connect(session) == 1 else { throw Failure.noHandshake }
    }

    func send(_ bytes: [UInt8]) throws {
        defer { ERR_clear_error() }
        let count = unsafe bytes.withUnsafeBytes {
            unsafe SSL_write(session, $0.baseAddress, Int32($0.count))
        }
        guard count == bytes.count else { throw Failure.broken }
    }

    /// What one record gives; empty at the end, which the server has to announce.
    func receive(atMost limit: Int) throws -> [UInt8] {
        defer { ERR_clear_error() }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe SSL_read(session, $0.baseAddress, Int32(limit))
        }
        if count > 0 { return Array(bytes[..<Int(count)]) }
        switch unsafe SSL_get_error(session, count) {
        case SSL_ERROR_ZERO_RETURN: return []
        case SSL_ERROR_SSL
        where ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING:
            throw Failure.truncated
        default: throw Failure.broken
        }
    }

    /// Whether the server, sooner or later, wants nothing to do with it.
    func waitForRefusal() -> Bool {
        do {
            try send("hello\n")
            return try receive().isEmpty
        } catch {
            return true
        }
    }

    /// Says that nothing more will be sent.
    func finishSending() { unsafe SSL_shutdown(session) }

    /// Asks for new keys, of the server too.
    func changeKeys() { unsafe SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) }

    /// Asks for a new handshake within TLS 1.2; whether there was one.
    func renegotiate() -> Bool {
        defer { ERR_clear_error() }
        guard unsafe SSL_renegotiate(session) == 1 else { return false }
        return unsafe SSL_do_handshake(session) == 1
    }

    var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// Whom the server's certificate names.
    var serverName: String {
        var text = [CChar](repeating: 0, count: 64)
        guard let shown = unsafe SSL_get1_peer_certificate(session) else { return "" }
        defer { unsafe X509_free(shown) }
        let count = unsafe copenssl_certificate_name(shown, &text, text.count)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
