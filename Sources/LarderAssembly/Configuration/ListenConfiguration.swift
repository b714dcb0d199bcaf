/// Where clients connect. An empty list switches the protocol off.
public struct ListenConfiguration: Sendable, Hashable {
    /// Addresses for RESP. Loopback only: an open cache without a password is found within hours.
    public var resp: [Endpoint] = [.tcp(host: "127.0.0.1", port: 5273)]

    /// Addresses for memcached text. Loopback, for the same reason; the next port.
    public var memcached: [Endpoint] = [.tcp(host: "127.0.0.1", port: 5274)]

    /// Addresses for RESP over TLS.
    public var respTLS: [Endpoint] = []

    /// Addresses for memcached text over TLS.
    public var memcachedTLS: [Endpoint] = []

    /// The defaults.
    public init() {}

    /// Whether clients may speak TLS.
    public var usesTLS: Bool { respTLS.isEmpty == false || memcachedTLS.isEmpty == false }

    /// What cannot work, and what would let strangers in.
    func violations(hasPassword: Bool, isProtected: Bool) -> [ConfigurationError] {
        addressViolations()
            + (isProtected ? protectionViolations(hasPassword: hasPassword) : [])
    }

    private func addressViolations() -> [ConfigurationError] {
        var found: [ConfigurationError] = []
        if resp.isEmpty, memcached.isEmpty, usesTLS == false {
            let text = "resp and memcached are both off; a server without an address serves nobody"
            found.append(
                ConfigurationError(
                    field: "listen.resp", message: text, others: ["listen.memcached"]))
        }
        found += repeatedViolations()
        if let twice = memcached.first(where: { resp.contains($0) && $0.isFixed }) {
            let text = "memcached is \(twice), where resp listens too; give each its own port"
            found.append(
                ConfigurationError(
                    field: "listen.memcached", message: text, others: ["listen.resp"]))
        }
        return found
    }

    private func protectionViolations(hasPassword: Bool) -> [ConfigurationError] {
        var found: [ConfigurationError] = []
        if hasPassword == false, let open = resp.first(where: { $0.isLocal == false }) {
            let text =
                "resp is \(open), which other machines reach, and there is no password;"
                + " set 'password', or 'protected-mode: no' under 'server' if everyone may in"
            let others = ["password", "server.protected-mode"]
            found.append(
                ConfigurationError(field: "listen.resp", message: text, others: others))
        }
        if hasPassword == false, let open = memcached.first(where: { $0.isLocal == false }) {
            let text =
                "memcached is \(open), which other machines reach, and there is no password;"
                + " set 'password', or 'protected-mode: no' under 'server' if everyone may in"
            let others = ["password", "server.protected-mode"]
            found.append(
                ConfigurationError(field: "listen.memcached", message: text, others: others))
        }
        return found
    }
}
