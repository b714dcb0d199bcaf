import COpenSSL
import LarderCore

/// The TLS end of one connection, on its loop's thread. It reads and writes memory, its loop's
/// wire; sockets are the loop's business.
@safe final class TLSSession {
    /// What a step came to.
    enum Step: Equatable {
        case done
        /// All input is used up.
        case wantsMore
        /// The peer has said that it sends no more.
        case ended
        /// There is more than fits: step again.
        case hasMore
        /// What the peer should know of it is in the wire's output.
        case failed
    }

    /// Longest name taken from a certificate, in bytes.
    private static let nameBytesMax = 256

    let wire: TLSWire
    /// What is known of the client while the handshake lasts; nil afterwards.
    private(set) var arrival: Arrival?
    /// Whether nothing more may be encrypted.
    private(set) var hasFailed = false
    private let session: OpaquePointer
    /// The session's context refers to memory of it.
    private let context: TLSContext

    /// A client that the handler does not know of yet.
    final class Arrival {
        let new: NewConnection
        var hasSpoken = false

        init(_ new: NewConnection) {
            self.new = new
        }
    }

    /// Nil when no memory is left.
    init?(_ context: TLSContext, _ wire: TLSWire, _ new: NewConnection) {
        guard let first = unsafe context.first,
            let session = unsafe copenssl_session(first, wire.method, wire.wire)
        else { return nil }
        unsafe self.session = session
        self.context = context
        self.wire = wire
        arrival = Arrival(new)
    }

    deinit {
        unsafe SSL_free(session)
    }

    var isShakingHands: Bool { arrival != nil }

    /// Goes on with the handshake.
    func shakeHands() -> Step {
        switch unsafe copenssl_shake_hands(session) {
        case copenssl_done:
            arrival = nil
            return .done
        case copenssl_wants_more: return .wantsMore
        default:
            hasFailed = true
            return .failed
        }
    }

    /// Decrypts the wire's input; `count` bytes lie in `wire.opened`.
    func open() -> (count: Int, step: Step) {
        let (count, code) = unsafe wire.open(session)
        switch code {
        case copenssl_wants_more: return (count, .wantsMore)
        case copenssl_no_room: return (count, .hasMore)
        case copenssl_ended: return (count, .ended)
        default:
            hasFailed = true
            return (count, .failed)
        }
    }

    /// Encrypts `bytes` into the wire's output. False when the session is broken.
    func seal(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !hasFailed else { return false }
        if unsafe copenssl_seal(session, bytes.baseAddress, bytes.count) == 1 { return true }
        hasFailed = true
        _ = takeError()
        return false
    }

    /// Writes that nothing more will come.
    func sayEnd() {
        guard !hasFailed, !isShakingHands else { return }
        hasFailed = true
        if unsafe SSL_shutdown(session) < 0 { _ = takeError() }
    }

    /// Why the last step failed.
    func takeError() -> String {
        let text = unsafe String(cString: copenssl_take_error())
        guard let fault = unsafe copenssl_certificate_fault(session) else { return text }
        return unsafe "\(text): \(String(cString: fault))"
    }

    /// Whom the client's certificate names; nil without a certificate.
    var peerName: String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.nameBytesMax) { text in
            let count = unsafe copenssl_peer_name(session, text.baseAddress, text.count)
            guard count > 0 else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(text)[..<count]
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
    }
}
