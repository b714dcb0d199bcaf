import LarderCore

/// How a client ends the server: SHUTDOWN, and memcached's `shutdown`.
final class ServerEnd: Sendable {
    private let body = Guarded<(@Sendable () -> Void)?>(nil)

    /// Says how the server is ended.
    func onBegin(_ body: @escaping @Sendable () -> Void) {
        self.body.withLock { $0 = body }
    }

    /// Ends the server as SIGTERM does.
    func begin() {
        let body = body.withLock { $0 }
        body?()
    }
}
