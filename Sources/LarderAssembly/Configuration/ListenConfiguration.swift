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
        return found + repeatedViolations()
    }

    /// Addresses that are given for two protocols.
    private func repeatedViolations() -> [ConfigurationError] {
        let lists = [
            ("resp", resp), ("memcached", memcached), ("resp-tls", respTLS),
            ("memcached-tls", memcachedTLS),
        ]
        var found: [ConfigurationError] = []
        for (index, (name, endpoints)) in lists.enumerated() {
            for (other, taken) in lists[..<index] {
                guard let twice = endpoints.first(where: { taken.contains($0) && $0.isFixed })
                else { continue }
                let text = "\(name) is \(twice), where \(other) listens too; give each its own port"
                found.append(
                    ConfigurationError(
                        field: "listen.\(name)", message: text, others: ["listen.\(other)"]))
            }
        }
        return found
    }

    private func protectionViolations(hasPassword: Bool) -> [ConfigurationError] {
        guard hasPassword == false else { return [] }
        return Self.openViolations(
            [("resp", resp), ("memcached", memcached)],
            advice: "'password', or", others: ["password", "server.protected-mode"])
    }

    /// The first address of each list that other machines reach, where nobody has to say who he is.
    ///
    /// `advice`: what to set, beside the mode that lets everyone in.
    static func openViolations(
        _ lists: [(name: String, endpoints: [Endpoint])], advice: String, others: [String]
    ) -> [ConfigurationError] {
        lists.compactMap { name, endpoints in
            guard let open = endpoints.first(where: { $0.isLocal == false }) else { return nil }
            let text =
                "\(name) is \(open), which other machines reach, and there is no password;"
                + " set \(advice) 'protected-mode: no' under 'server' if everyone may in"
            return ConfigurationError(field: "listen.\(name)", message: text, others: others)
        }
    }
}
