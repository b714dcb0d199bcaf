import LarderRuntime

extension TLSConfiguration {
    /// What cannot work, and what would let strangers in.
    func violations(
        _ listen: ListenConfiguration, hasPassword: Bool, isProtected: Bool
    ) -> [ConfigurationError] {
        guard listen.usesTLS || self != TLSConfiguration() else { return [] }
        return fileViolations(listen)
            + (isProtected ? protectionViolations(listen, hasPassword: hasPassword) : [])
    }

    private func fileViolations(_ listen: ListenConfiguration) -> [ConfigurationError] {
        let listening = ["listen.resp-tls", "listen.memcached-tls"]
        var found: [ConfigurationError] = []
        if listen.usesTLS, certificates.isEmpty {
            let text =
                "certificate is not set, and TLS listeners have none to show; set 'certificate' and"
                + " 'key' under 'tls' to files in PEM"
            found.append(
                ConfigurationError(field: "tls.certificate", message: text, others: listening))
        } else if certificates.count != keys.count {
            let text =
                "key names \(keys.count) files, and certificate \(certificates.count);"
                + " each certificate has its key, in the same order"
            found.append(
                ConfigurationError(field: "tls.key", message: text, others: ["tls.certificate"]))
        }
        if clientCertificates != .off, authorities == nil {
            let text =
                "client-certificates is \(clientCertificates.rawValue), and nothing says who may"
                + " sign them; set 'ca' under 'tls' to a file in PEM"
            found.append(
                ConfigurationError(
                    field: "tls.client-certificates", message: text, others: ["tls.ca"]))
        }
        return found
    }

    private func protectionViolations(
        _ listen: ListenConfiguration, hasPassword: Bool
    ) -> [ConfigurationError] {
        guard clientCertificates != .required else { return [] }
        let others = ["password", "tls.client-certificates", "server.protected-mode"]
        var found: [ConfigurationError] = []
        if hasPassword == false, let open = listen.respTLS.first(where: { $0.isLocal == false }) {
            let text =
                "resp-tls is \(open), which other machines reach, and there is no password; set"
                + " 'password', or 'client-certificates: required' under 'tls', or"
                + " 'protected-mode: no' under 'server' if everyone may in"
            found.append(
                ConfigurationError(field: "listen.resp-tls", message: text, others: others))
        }
        if hasPassword == false,
            let open = listen.memcachedTLS.first(where: { $0.isLocal == false })
        {
            let text =
                "memcached-tls is \(open), which other machines reach, and there is no password;"
                + " set 'password', or 'client-certificates: required' under 'tls', or"
                + " 'protected-mode: no' under 'server' if everyone may in"
            found.append(
                ConfigurationError(field: "listen.memcached-tls", message: text, others: others))
        }
        return found
    }
}

extension ListenConfiguration {
    /// Addresses that are given for TLS and for something else.
    func repeatedViolations() -> [ConfigurationError] {
        let plain = [("resp", resp), ("memcached", memcached)]
        let sealed = [("resp-tls", respTLS), ("memcached-tls", memcachedTLS)]
        var found: [ConfigurationError] = []
        for (index, (name, endpoints)) in sealed.enumerated() {
            for (other, taken) in plain + sealed[..<index] {
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
}

extension Form where Value == [String] {
    /// Paths of files.
    static let files = Form<[String]>(files: ())

    private init(files: Void) {
        description = "it is the path of a file, or a list of them, or none"
        isList = true
        read = { texts in
            if texts == ["none"] { return [] }
            return texts.allSatisfy { $0.isEmpty == false && $0.utf8.contains(0) == false }
                ? texts : nil
        }
        write = { $0.isEmpty ? ["none"] : $0 }
    }
}

extension Form where Value == String? {
    /// The path of a file.
    static let file = Form(
        "it is the path of a file, or none",
        read: { text in
            if text.isEmpty || text == "none" { return .some(nil) }
            return text.utf8.contains(0) ? nil : .some(text)
        },
        write: { $0 ?? "none" })
}
