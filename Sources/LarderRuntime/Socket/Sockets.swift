import CSocket
import Glibc

/// The calls on sockets, each with its failures told apart.
enum Sockets {
    /// A listening socket on `listener`'s endpoint, and where it listens: port 0 is resolved.
    static func listen(
        _ listener: ListenerConfiguration
    ) throws(RuntimeError) -> (descriptor: Int32, address: SocketAddress) {
        let name = listener.endpoint.description
        var address = try SocketAddress(listener.endpoint)
        let family = Int32(address.storage.ss_family)
        let descriptor = socket(family, csocket_stream | csocket_open_flags, 0)
        func failure() -> RuntimeError {
            let error = RuntimeError.cannotListen(on: name, cause: errorText())
            if descriptor >= 0 { Glibc.close(descriptor) }
            return error
        }
        guard descriptor >= 0 else { throw failure() }
        _ = csocket_set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6 {
            _ = csocket_set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
        }
        if case .unix(let path, _) = listener.endpoint { removeStaleFile(path, address) }
        guard bind(descriptor, &address) else { throw failure() }
        if case .unix(let path, let mode) = listener.endpoint {
            guard unsafe chmod(path, mode) == 0 else { throw failure() }
        }
        guard Glibc.listen(descriptor, listener.backlog) == 0 else { throw failure() }
        _ = unsafe csocket_name(descriptor, &address.storage)
        return (descriptor, address)
    }

    /// Binds, and tries again for half a second when the address is in use: the kernel may take a
    /// moment to let go of a listener whose process was killed.
    private static func bind(_ descriptor: Int32, _ address: inout SocketAddress) -> Bool {
        for _ in 0..<10 {
            if unsafe csocket_bind(descriptor, &address.storage, address.length) == 0 {
                return true
            }
            guard errno == EADDRINUSE else { return false }
            var pause = timespec(tv_sec: 0, tv_nsec: 50_000_000)
            _ = unsafe nanosleep(&pause, nil)
        }
        errno = EADDRINUSE
        return false
    }

    /// Removes the socket file of a server that died. One that listens refuses nobody, so its file
    /// stays, and `bind` fails.
    private static func removeStaleFile(_ path: String, _ address: SocketAddress) {
        let probe = socket(AF_UNIX, csocket_stream | csocket_open_flags, 0)
        guard probe >= 0 else { return }
        defer { Glibc.close(probe) }
        var address = address
        let connected = unsafe csocket_connect(probe, &address.storage, address.length)
        if connected != 0, errno == ECONNREFUSED { _ = unsafe unlink(path) }
    }

    /// Where a connection was accepted.
    static func localAddress(of descriptor: Int32) -> SocketAddress {
        var address = SocketAddress(storage: sockaddr_storage())
        _ = unsafe csocket_name(descriptor, &address.storage)
        return address
    }

    /// What came of one `accept`.
    enum Accepted {
        case client(Int32, SocketAddress)
        /// Nobody waits.
        case none
        /// The client went away, or a signal came: ask again.
        case again
        /// No descriptor or memory is left: asking again at once would spin.
        case exhausted
    }

    static func accept(on descriptor: Int32) -> Accepted {
        var storage = sockaddr_storage()
        let client = unsafe csocket_accept(descriptor, &storage)
        if client >= 0 { return .client(client, SocketAddress(storage: storage)) }
        switch errno {
        case EAGAIN: return .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH:
            return .again
        default: return .none
        }
    }

    /// Replies leave at once, and dead peers are noticed.
    static func configureClient(_ descriptor: Int32, family: Int32, keepAlive: Duration) {
        guard family != AF_UNIX else { return }
        let tcp = Int32(IPPROTO_TCP)
        _ = csocket_set(descriptor, tcp, TCP_NODELAY, 1)
        let seconds = Int32(clamping: keepAlive.components.seconds)
        guard seconds > 0 else { return }
        _ = csocket_set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        _ = csocket_set(descriptor, tcp, TCP_KEEPIDLE, seconds)
        // As redis: three probes, so that a dead peer is gone after twice the interval.
        _ = csocket_set(descriptor, tcp, TCP_KEEPINTVL, max(1, seconds / 3))
        _ = csocket_set(descriptor, tcp, TCP_KEEPCNT, 3)
    }

    /// The system's text of the last error, in lower case as our messages are.
    static func errorText(_ code: Int32 = errno) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text).lowercased()
    }
}
