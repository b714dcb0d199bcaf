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
        guard clientCertificates != .required, hasPassword == false else { return [] }
        return ListenConfiguration.openViolations(
            [("resp-tls", listen.respTLS), ("memcached-tls", listen.memcachedTLS)],
            advice: "'password', or 'client-certificates: required' under 'tls', or",
            others: ["password", "tls.client-certificates", "server.protected-mode"])
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
