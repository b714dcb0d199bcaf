import LarderRuntime

extension RuntimeSetting {
    /// Redis's names for what `tls` and the TLS listeners say.
    static let tls = [
        RuntimeSetting(
            name: "tls-port", text: { "\(RedisText.port($0.configuration.listen.respTLS))" }),
        file("tls-cert-file", "tls.certificate", \.certificates),
        file("tls-key-file", "tls.key", \.keys),
        RuntimeSetting(
            name: "tls-ca-cert-file", path: "tls.ca",
            text: { $0.configuration.tls.authorities ?? "" },
            change: { text, settings in
                settings.configuration.tls.authorities = text.isEmpty ? nil : text
                return nil
            }),
        RuntimeSetting(
            name: "tls-auth-clients", path: "tls.client-certificates",
            text: { redisWord($0.configuration.tls.clientCertificates) },
            change: { text, settings in
                let meant = TLSConfiguration.ClientCertificates.allCases.first {
                    redisWord($0) == text.lowercased()
                }
                guard let meant else {
                    return "argument(s) must be one of the following: no, yes, optional"
                }
                settings.configuration.tls.clientCertificates = meant
                return nil
            }),
        RuntimeSetting(name: "tls-protocols", text: { _ in "TLSv1.2 TLSv1.3" }),
    ]

    /// The first of several files; redis has but one.
    private static func file(
        _ name: String, _ path: String,
        _ files: any WritableKeyPath<TLSConfiguration, [String]> & Sendable
    ) -> RuntimeSetting {
        RuntimeSetting(
            name: name, path: path,
            text: { $0.configuration.tls[keyPath: files].first ?? "" },
            change: { text, settings in
                settings.configuration.tls[keyPath: files] = text.isEmpty ? [] : [text]
                return nil
            })
    }

    private static func redisWord(_ clients: TLSConfiguration.ClientCertificates) -> String {
        switch clients {
        case .off: "no"
        case .optional: "optional"
        case .required: "yes"
        }
    }
}
