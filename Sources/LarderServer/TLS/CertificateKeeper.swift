import LarderAssembly
import LarderRuntime

/// Reads certificates again while the server runs: when SIGHUP comes, and when CONFIG SET names
/// them, also with the names that they have. Whatever cannot be used leaves those in force.
final class CertificateKeeper: Sendable {
    let identity: TLSIdentity
    private let logger: Logger

    /// Reads the files of `configuration` for the first time.
    init(_ configuration: TLSConfiguration, _ logger: Logger) throws(TLSFailure) {
        let context = try TLSContext(configuration)
        identity = TLSIdentity(context)
        self.logger = logger
        logWarnings(context)
    }

    /// Reads the files; or says in the log why not.
    func read(_ configuration: TLSConfiguration) -> TLSContext? {
        do throws(TLSFailure) {
            return try TLSContext(configuration)
        } catch {
            logRefusal(error)
            return nil
        }
    }

    /// Reads the files that `settings` name, if `arguments` of CONFIG SET speak of TLS at all.
    ///
    /// - Throws: `SettingRefusal` with redis's text; the log has the reason.
    func prepare(
        _ arguments: [String], for settings: RuntimeSettings
    ) throws(SettingRefusal) -> TLSContext? {
        let names = stride(from: 0, to: arguments.count, by: 2).map { arguments[$0].lowercased() }
        guard let name = names.first(where: { $0.hasPrefix("tls-") || $0.hasPrefix("tls.") })
        else { return nil }
        do throws(TLSFailure) {
            return try TLSContext(settings.configuration.tls)
        } catch {
            logRefusal(error)
            throw .unusableCertificates(name)
        }
    }

    /// Shows `context` to all connections that begin from now on. Only stores: the lock of the
    /// settings is held.
    func install(_ context: TLSContext) {
        identity.replace(by: context)
    }

    /// Logs that `context` was installed.
    func tellInstalled(_ context: TLSContext) {
        logger.info("certificates were read again")
        logWarnings(context)
    }

    private func logWarnings(_ context: TLSContext) {
        for warning in context.warnings { logger.warning(warning.description) }
    }

    private func logRefusal(_ failure: TLSFailure) {
        logger.error(
            "certificates could not be read again; those in force stay",
            ["reason": .text(failure.description)])
    }
}

extension SettingRefusal {
    static func unusableCertificates(_ name: String) -> SettingRefusal {
        SettingRefusal(
            message: "ERR CONFIG SET failed (possibly related to argument '\(name)')"
                + " - Unable to update TLS configuration. Check server logs.")
    }
}

extension Logger {
    /// One line for a connection that did not come about. Whoever only went away is none.
    func log(_ failure: HandshakeFailure) {
        let address = LogValue.text("\(failure.address)")
        switch failure.cause {
        case .plaintext:
            warning(
                "a client speaks no TLS on a TLS port; it needs TLS, or another port",
                ["client": address])
        case .slow: info("a TLS handshake took too long", ["client": address])
        case .displaced:
            warning("too many TLS handshakes at once; the oldest was ended", ["client": address])
        case .refused(let reason):
            info("a TLS handshake failed", ["client": address, "reason": .text(reason)])
        }
    }
}
